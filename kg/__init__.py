"""The core of conflict-kg: the model, the store, the door and the questions. It knows nothing of HTTP."""

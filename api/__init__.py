"""The core over HTTP: one router a file, every failure through one table. No rule of the domain lives here."""

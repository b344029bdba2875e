"""Lists: which things and statements there are, by who says what of them where, in pages and in order."""

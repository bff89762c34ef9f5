"""The window: PySide6 only here. Views show what services know and hold nothing but selection and scroll."""

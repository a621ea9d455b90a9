//! Carries case files: the y-protocols websocket dialect, and shared folders.

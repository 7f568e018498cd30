"""The Compare page: kept runs side by side."""

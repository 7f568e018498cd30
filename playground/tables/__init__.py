"""The tables that menus, links and training read: one entry is one more choice everywhere."""

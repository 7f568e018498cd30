"""The tables that menus, links and training read: one more entry is one more choice everywhere."""

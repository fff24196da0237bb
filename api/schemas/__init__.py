"""What goes in and out: hand-written, so that no column becomes public by accident."""

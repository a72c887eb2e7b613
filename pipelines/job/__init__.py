"""What makes a run resumable: its folder, its models, and what is still to do."""

"""What is done with a link: leaving batches, taking batches, trying dead letters again."""

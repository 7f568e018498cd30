"""What each page computes, says and shows; a folder a page."""

"""What rules look at, parsed once: documents, CSS, how elements look, words and links."""

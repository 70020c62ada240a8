"""What the resources of what people say share: the book, their problems, and how authors are shown."""

"""Forms: what a person may send, with messages in the reader's language."""

"""The desk's pages, one package a role; here what they share: the frame, signing in, errors, how things are shown."""

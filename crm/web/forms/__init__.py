"""Forms: labels, hints and the reading of text. What is right and allowed is the functions' to say."""

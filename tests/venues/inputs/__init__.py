"""Bad inputs, row by row of the list of bad inputs (I-01 to I-38), against the real client, services and rules."""

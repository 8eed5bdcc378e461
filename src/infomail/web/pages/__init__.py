"""The pages: each takes a visit and gives an answer; only a POST ever changes anything."""

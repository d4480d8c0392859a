"""Kinds of content that several formats are written in: JSON, protobuf, marshal, CSV, lines."""

"""What somebody who pays, gives or accepts does: one function each."""

package sampling

import "unsafe"

// view reads bytes as a string without copying them. It is used for bytes that are not written again while the string is
// in use; whoever keeps the string clones it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

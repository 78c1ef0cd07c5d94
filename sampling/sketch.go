package sampling

// Shard is one part of a frame that was read on its own.
type Shard struct {
	Name        string `json:"name"`
	FrameDigest string `json:"frameDigest"`
	Population  int64  `json:"population"`
}

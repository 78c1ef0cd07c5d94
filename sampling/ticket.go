package sampling

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
)

// Algorithm names the rule by which tickets and sequences are made. A record carries it; another rule gets another name.
const Algorithm = "pinjian-draw/1"

// drawID joins the parts that tell one draw from another. Every part is preceded by its length in bytes and a colon, so
// no two lists of parts give the same text.
func drawID(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte(':')
		b.WriteString(p)
	}
	return b.String()
}

// drawKey is the secret half of a ticket: 64 hexadecimal digits, exactly one block of SHA-256.
func drawKey(algorithm, drawID, seed string) string {
	sum := sha256.Sum256([]byte(algorithm + "\n" + drawID + "\n" + seed))
	return hex.EncodeToString(sum[:])
}

// ticket is SHA256(key + id), compared as bytes.
type ticket [sha256.Size]byte

// order compares two units by ticket and then by id; ids break ties that will never be seen.
func order(a ticket, aID string, b ticket, bID string) int {
	if c := bytes.Compare(a[:], b[:]); c != 0 {
		return c
	}
	return strings.Compare(aID, bID)
}

// ticketer makes the tickets of one draw without allocating: it resumes SHA-256 after the block that holds the key.
type ticketer struct {
	state  []byte
	hash   hash.Hash
	resume encoding.BinaryUnmarshaler
	buffer []byte
	sum    []byte
}

// newTicketer hashes the key once. The state of crypto/sha256 can be saved and restored by its documented interfaces; an
// error here would mean that they are gone.
func newTicketer(key string) (*ticketer, error) {
	h := sha256.New()
	h.Write([]byte(key))
	saver, canSave := h.(encoding.BinaryMarshaler)
	resume, canResume := h.(encoding.BinaryUnmarshaler)
	if !canSave || !canResume {
		return nil, refuse("sha256-state", "algorithm", "build with the standard library's crypto/sha256", "this SHA-256 can't keep its state")
	}
	state, err := saver.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return &ticketer{state: state, hash: h, resume: resume, buffer: make([]byte, 0, 256), sum: make([]byte, 0, sha256.Size)}, nil
}

// of gives the ticket of id. The state was saved by the same hash, so restoring it can't fail.
func (t *ticketer) of(id string) ticket {
	_ = t.resume.UnmarshalBinary(t.state)
	t.buffer = append(t.buffer[:0], id...)
	t.hash.Write(t.buffer)
	t.sum = t.hash.Sum(t.sum[:0])
	return ticket(t.sum)
}

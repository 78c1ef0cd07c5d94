package sampling

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText is the greatest length in bytes of a unit id, a stratum value and a part of a draw id.
const maxText = 200

// quoted shows a value in a message: escaped, and shortened when it is long.
func quoted(s string) string {
	if len(s) > 60 {
		cut := 60
		for cut > 50 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		return strings.ToValidUTF8(strconv.Quote(s[:cut]), "\uFFFD") + "…"
	}
	return strconv.Quote(s)
}

// plain reports whether s consists of printable ASCII characters only, which most ids do; nothing else needs checking
// then but the length.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// checkText refuses texts that two programs could write as different bytes, or that would make a line of a list
// ambiguous. where is called only when there is something to refuse, so that a good row costs no allocation.
func checkText(s string, where func() string) error {
	if len(s) > maxText {
		return refuse("too-long", where(), "use an id of at most 200 bytes, for example a hash of the long one",
			"%s has %d bytes, more than 200", quoted(s), len(s))
	}
	if plain(s) {
		return nil
	}
	if !utf8.ValidString(s) {
		return refuse("not-utf8", where(), "convert the source to UTF-8", "%s is not valid UTF-8", quoted(s))
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return refuse("control-character", where(), "remove it where the value is made",
				"%s contains the control character %U", quoted(s), r)
		}
	}
	if !norm.NFC.IsNormalString(s) {
		return refuse("not-nfc", where(), "normalise the value to NFC where it is made; the same text as different bytes would be drawn differently",
			"%s is not in Unicode normalisation form C", quoted(s))
	}
	return nil
}

// checkID is checkText for a unit id, which must not be empty either.
func checkID(s string, where func() string) error {
	if s == "" {
		return refuse("empty-id", where(), "give every unit an id of 1 to 200 bytes", "the id is empty")
	}
	return checkText(s, where)
}

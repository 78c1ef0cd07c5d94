package scanner

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func isLetter(r rune) bool {
	if r < 0x80 {
		return r == '_' || (r|0x20 >= 'a' && r|0x20 <= 'z')
	}
	if r >= 0x4E00 && r <= 0x9FFF {
		return true
	}
	// Radicals come with text copied out of PDF files; as part of a word they
	// are named as lookalikes instead of refused.
	return unicode.IsLetter(r) || unicode.Is(unicode.Radical, r)
}

// isBidi finds the controls that make text read in another order than it is
// stored (Unicode TR 36).
func isBidi(r rune) bool {
	return r == 0x200E || r == 0x200F || r == 0x061C || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069)
}

// lookalike maps Cyrillic and Greek letters to the Latin letters that they
// can't be told from in print.
var lookalike = map[rune]rune{
	'А': 'A', 'В': 'B', 'Е': 'E', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'Х': 'X', 'У': 'Y', 'І': 'I', 'Ѕ': 'S', 'Ј': 'J',
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'х': 'x', 'у': 'y', 'і': 'i', 'ѕ': 's', 'ј': 'j',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y', 'Χ': 'X',
	'ο': 'o', 'ν': 'v',
}

// confusable returns the word as a reader would take it: lookalike letters as
// the Latin ones, and radicals and compatibility ideographs as the ordinary
// ideographs. A word of one foreign script throughout is left alone when any
// of its letters has no Latin double, for then nobody takes it for Latin.
func confusable(word string) string {
	doubled, foreign := 0, 0
	for _, r := range word {
		if r < 0x80 {
			continue
		}
		if _, ok := lookalike[r]; ok {
			doubled++
		} else if unicode.In(r, unicode.Cyrillic, unicode.Greek) {
			foreign++
		}
	}
	if doubled > 0 && foreign == 0 {
		word = strings.Map(func(r rune) rune {
			if l, ok := lookalike[r]; ok {
				return l
			}
			return r
		}, word)
	}
	return norm.NFKC.String(word)
}

func codepoint(r rune) string { return fmt.Sprintf("U+%04X", r) }

// printable shows characters that have no glyph by their code points.
func printable(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i >= 24 {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(codepoint(r))
		}
	}
	return b.String()
}

// Package suggest finds what an author most likely meant: the nearest known
// word to a misspelt one, and the words in a run written without spaces.
package suggest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate with the least edit distance to word, if it is
// near enough to be a slip: a third of the letters, at least one. Ties go to
// the earlier candidate; an exact match is no suggestion.
func Nearest(word string, candidates []string) (string, bool) {
	w := []rune(strings.ToLower(word))
	best, bestDistance := "", max(1, len(w)/3)+1
	if len(w) > 64 {
		return "", false
	}
	for _, c := range candidates {
		if c == word || c == "" || utf8.RuneCountInString(c) > 64 {
			continue
		}
		r := []rune(strings.ToLower(c))
		if d := len(w) - len(r); d >= bestDistance || -d >= bestDistance {
			continue
		}
		if d := distance(w, r); d < bestDistance && d < max(len(w), len(r)) {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

// distance counts insertions, deletions, substitutions and swaps of
// neighbours (optimal string alignment).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Split cuts a run of letters into known words. It answers only when exactly
// one way of cutting exists, after preferring fewer words; at least two words
// result. Words longer than 200 bytes are not tried.
func Split(run string, known map[string]bool) ([]string, bool) {
	if len(run) > 200 {
		return nil, false
	}
	type way struct {
		words int // fewest words that reach here; 0 means none
		count int // how many ways with that few
		from  int
	}
	ways := make([]way, len(run)+1)
	ways[0] = way{count: 1}
	for end := 1; end <= len(run); end++ {
		for start := 0; start < end; start++ {
			if ways[start].count == 0 || (start == 0 && end == len(run)) || !known[run[start:end]] {
				continue
			}
			words := ways[start].words + 1
			switch w := &ways[end]; {
			case w.count == 0 || words < w.words:
				*w = way{words: words, count: ways[start].count, from: start}
			case words == w.words:
				w.count += ways[start].count
			}
		}
	}
	if ways[len(run)].count != 1 {
		return nil, false
	}
	var out []string
	for at := len(run); at > 0; at = ways[at].from {
		out = append(out, run[ways[at].from:at])
	}
	slices.Reverse(out)
	return out, true
}

package acceptance

import (
	"crypto/sha256"
	_ "embed" // the tables below
	"encoding/hex"
	"strings"

	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// The tables are facts of GB/T 2828.1-2012 and ISO 2859-1:1999, with the arrows
// of the printed tables resolved.
var (
	//go:embed data/gbt2828.1-2012_code_letters.csv
	codeLetters2012 string
	//go:embed data/gbt2828.1-2012_single_plans.csv
	singlePlans2012 string
)

// The editions whose tables are embedded. Both names stand for the same tables.
// The edition of ISO 2859-1 of 2026 has others, which are not part of this
// package; [Parse] takes them from whoever has them.
const (
	GBT2828Edition2012 = "GB/T 2828.1-2012"
	ISO2859Edition1999 = "ISO 2859-1:1999"
)

// digest2012 is the digest of the embedded tables, so that a changed file is
// noticed before it decides anything.
const digest2012 = "7b7fc1c4964492b93a6460a6e24a24602c12b58240e0fea7b6482fa9e106a610"

// Open returns the tables of an edition: "GB/T 2828.1-2012" or the same tables
// as "ISO 2859-1:1999". It reads the embedded data at each call, which takes
// about a millisecond; a host keeps the result.
func Open(edition string) (*Tables, error) {
	if edition != GBT2828Edition2012 && edition != ISO2859Edition1999 {
		return nil, refuse.Input("unknown-edition", "edition", `use "GB/T 2828.1-2012" or "ISO 2859-1:1999", or load the tables with Parse`,
			"no tables of edition %q are embedded", edition)
	}
	t, err := Parse(edition, codeLetters2012, singlePlans2012)
	if err != nil {
		return nil, err
	}
	if t.digest != digest2012 {
		return nil, refuse.Input("digest-mismatch", "edition", "restore the data files of this release",
			"the embedded tables have digest %s instead of %s", t.digest, digest2012)
	}
	return t, nil
}

// tableDigest is the SHA-256 over the SHA-256 of each table, carriage returns
// left out, so that no line can move from one table to the other.
func tableDigest(letters, plans string) string {
	whole := sha256.New()
	for _, text := range []string{letters, plans} {
		one := sha256.Sum256([]byte(strings.ReplaceAll(text, "\r", "")))
		whole.Write(one[:])
	}
	return hex.EncodeToString(whole.Sum(nil))
}

// ForLot is the usual question in one call: the plan of an edition for a lot,
// an inspection level, an AQL in percent and a severity. A host that asks often
// keeps the [Tables] of [Open] instead.
func ForLot(edition string, lotSize int64, level, aql string, severity Severity) (Choice, error) {
	t, err := Open(edition)
	if err != nil {
		return Choice{}, err
	}
	l, err := ParseLevel(level)
	if err != nil {
		return Choice{}, err
	}
	a, err := ParseAQL(aql)
	if err != nil {
		return Choice{}, err
	}
	return t.ForLot(lotSize, l, a, severity)
}

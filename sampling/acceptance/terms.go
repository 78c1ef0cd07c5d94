package acceptance

import (
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Level is an inspection level. It sets how the sample grows with the lot; II
// is the usual one, and S-1 to S-4 are for costly or destructive tests. The
// zero value is not a level.
type Level string

// The inspection levels of the standard, from the least samples to the largest.
const (
	LevelS1  Level = "S-1"
	LevelS2  Level = "S-2"
	LevelS3  Level = "S-3"
	LevelS4  Level = "S-4"
	LevelI   Level = "I"
	LevelII  Level = "II"
	LevelIII Level = "III"
)

// Levels returns all inspection levels in the order of the standard's table.
func Levels() []Level {
	return []Level{LevelS1, LevelS2, LevelS3, LevelS4, LevelI, LevelII, LevelIII}
}

// ParseLevel reads an inspection level as the standard writes it: "S-3", "II",
// or with the single Roman characters "Ⅰ", "Ⅱ", "Ⅲ".
func ParseLevel(text string) (Level, error) {
	name := Level(strings.NewReplacer("Ⅰ", "I", "Ⅱ", "II", "Ⅲ", "III").Replace(text))
	for _, level := range Levels() {
		if level == name {
			return level, nil
		}
	}
	return "", refuse.Input("unknown-level", "level", "choose one of S-1, S-2, S-3, S-4, I, II, III",
		"%q is not an inspection level", text)
}

// Severity is the severity of inspection. The zero value is Normal, with which
// every series of lots starts.
type Severity uint8

// The severities between which the switching rules move.
const (
	Normal Severity = iota
	Tightened
	Reduced
)

// String returns "normal", "tightened" or "reduced".
func (s Severity) String() string {
	if s > Reduced {
		return "unknown"
	}
	return [...]string{"normal", "tightened", "reduced"}[s]
}

// ParseSeverity reads a severity by its English or its Chinese name: "normal",
// "tightened", "reduced", "正常", "加严", "放宽".
func ParseSeverity(text string) (Severity, error) {
	switch text {
	case "normal", "正常":
		return Normal, nil
	case "tightened", "加严":
		return Tightened, nil
	case "reduced", "放宽":
		return Reduced, nil
	}
	return 0, refuse.Input("unknown-severity", "severity", "choose normal (正常), tightened (加严) or reduced (放宽)",
		"%q is not a severity", text)
}

// AQL is an acceptance quality limit: percent nonconforming up to 10, and
// nonconformities per 100 units at any value. It is an exact decimal; two AQLs
// of equal value are equal with ==. The zero value is not an AQL.
type AQL struct {
	// thousandths of a percent: the preferred values start at 0.010.
	thousandths int64
}

// ParseAQL reads an AQL in percent, such as "0.65" or "1.0" ("1" is the same).
// Whether it is one of the preferred values is for the tables to say.
func ParseAQL(text string) (AQL, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction + "000"[:max(0, 3-len(fraction))]
	value := int64(0)
	ok := whole != "" && len(whole) <= 6 && len(fraction) <= 3 && !strings.HasSuffix(text, ".")
	for _, c := range digits {
		ok = ok && c >= '0' && c <= '9'
		value = value*10 + int64(c-'0')
	}
	if !ok || value == 0 {
		return AQL{}, refuse.Input("malformed-aql", "aql", `write the percent as a decimal with at most 3 places, such as "0.65"`,
			"%q is not an acceptance quality limit", text)
	}
	return AQL{value}, nil
}

// String writes the value as the standard does: 0.010, 0.65, 1.0, 10.
func (a AQL) String() string {
	places := 0
	switch {
	case a.thousandths < 100:
		places = 3
	case a.thousandths < 1000:
		places = 2
	case a.thousandths < 10_000:
		places = 1
	}
	// A value that has more digits than the standard's form keeps them.
	for ; places < 3 && a.thousandths%[...]int64{1000, 100, 10}[places] != 0; places++ {
	}
	return exact.Decimal(exact.RoundRat(a.percent(), places, exact.Nearest), places)
}

func (a AQL) percent() *big.Rat { return big.NewRat(a.thousandths, 1000) }

// Quality returns the AQL as a fraction: 0.65 percent is 65/10000.
func (a AQL) Quality() *big.Rat { return big.NewRat(a.thousandths, 100_000) }

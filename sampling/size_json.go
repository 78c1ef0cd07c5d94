package sampling

import (
	"encoding/json"
	"math/big"
)

// sizeJSON is the form in which a record keeps a size: one of all, count, from and to, ratio or table, then bounds.
type sizeJSON struct {
	All     bool   `json:"all,omitempty"`
	Count   int64  `json:"count,omitempty"`
	From    int64  `json:"from,omitempty"`
	To      int64  `json:"to,omitempty"`
	Ratio   string `json:"ratio,omitempty"`
	Table   *Table `json:"table,omitempty"`
	AtLeast *int64 `json:"atLeast,omitempty"`
	AtMost  *int64 `json:"atMost,omitempty"`
}

// MarshalJSON writes the size with its ratio as a text such as "1/2", so that it passes through no floating-point number.
func (s Size) MarshalJSON() ([]byte, error) {
	var j sizeJSON
	switch s.kind {
	case sizeAll:
		j.All = true
	case sizeCount:
		j.Count = s.lo
	case sizeRange:
		j.From, j.To = s.lo, s.hi
	case sizePercent:
		if s.ratio != nil {
			j.Ratio = s.ratio.String()
		}
	case sizeTable:
		j.Table = &s.table
	}
	if s.hasFloor {
		j.AtLeast = &s.floor
	}
	if s.hasCap {
		j.AtMost = &s.cap
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes and refuses a size of two forms or of none, and one that [Size.Check]
// refuses.
func (s *Size) UnmarshalJSON(data []byte) error {
	var j sizeJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	var forms []Size
	if j.All {
		forms = append(forms, All())
	}
	if j.Count != 0 {
		forms = append(forms, Count(j.Count))
	}
	if j.From != 0 || j.To != 0 {
		forms = append(forms, Range(j.From, j.To))
	}
	if j.Ratio != "" {
		ratio, err := parseRatio(j.Ratio)
		if err != nil {
			return err
		}
		forms = append(forms, Percent(ratio))
	}
	if j.Table != nil {
		forms = append(forms, ByTable(*j.Table))
	}
	if len(forms) != 1 {
		return refuse("no-size", "size", "give one of all, count, from and to, ratio or table", "the size has %d forms", len(forms))
	}
	got := forms[0]
	if j.AtLeast != nil {
		got = got.AtLeast(*j.AtLeast)
	}
	if j.AtMost != nil {
		got = got.AtMost(*j.AtMost)
	}
	if err := got.Check(); err != nil {
		return err
	}
	*s = got
	return nil
}

// parseRatio reads "1/2" or "0.5". The length is bounded first, for an exponent could ask for any amount of memory.
func parseRatio(text string) (*big.Rat, error) {
	ratio := new(big.Rat)
	ok := len(text) <= 40
	for i := 0; i < len(text) && ok; i++ {
		c := text[i]
		ok = c >= '0' && c <= '9' || c == '/' || c == '.'
	}
	if ok {
		_, ok = ratio.SetString(text)
	}
	if !ok {
		return nil, refuse("bad-size", "size.ratio", `write it as "1/2" or "0.5"`, "%s is no ratio", quoted(text))
	}
	return ratio, nil
}

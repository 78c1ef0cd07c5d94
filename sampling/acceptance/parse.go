package acceptance

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Parse reads the tables of an edition that is not embedded, from two
// comma-separated texts with these header lines:
//
//	lot_min,lot_max,level,letter
//	severity,letter,aql,plan_letter,n,ac
//
// The first has a row for each range of lot sizes and level; the last range
// leaves lot_max empty. The second has a row for each severity (normal,
// tightened, reduced), code letter and AQL, with the plan to which the arrows
// lead. Gaps, overlaps, missing cells, twins and plans that can't be carried
// out are refused with the line. A plan for an AQL above 10 counts
// nonconformities.
func Parse(edition, letters, plans string) (*Tables, error) {
	t := &Tables{edition: edition, digest: tableDigest(letters, plans), plans: map[planKey]Plan{}}
	if edition == "" {
		return nil, refuse.Input("missing", "edition", "name the standard and its year", "the edition has no name")
	}
	if err := t.readLetters(letters); err != nil {
		return nil, err
	}
	if err := t.readPlans(plans); err != nil {
		return nil, err
	}
	if err := t.complete(); err != nil {
		return nil, err
	}
	return t, nil
}

// rows hands each row below the header to read, which returns what is wrong
// with it.
func rows(name, text, header string, read func(row []string) error) error {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = strings.Count(header, ",") + 1
	r.ReuseRecord = true
	all, err := r.Read()
	if err != nil || strings.Join(all, ",") != header {
		return refuse.Input("malformed-table", name, "start with the line "+header, "the header is not the expected one")
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse.Input("malformed-table", name, "correct the row", "%v", err)
		}
		line, _ := r.FieldPos(0)
		if err := read(row); err != nil {
			return refuse.Input("malformed-table", fmt.Sprintf("%s line %d", name, line), "correct the row", "%v", err)
		}
	}
}

func (t *Tables) readLetters(text string) error {
	const name = "letters"
	err := rows(name, text, "lot_min,lot_max,level,letter", func(row []string) error {
		least, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil || least < 1 {
			return fmt.Errorf("lot_min %q is not a positive number", row[0])
		}
		most := int64(0)
		if row[1] != "" {
			if most, err = strconv.ParseInt(row[1], 10, 64); err != nil || most < least {
				return fmt.Errorf("lot_max %q is not a number from lot_min on", row[1])
			}
		}
		level, err := ParseLevel(row[2])
		if err != nil {
			return err
		}
		if row[3] == "" {
			return fmt.Errorf("the code letter is empty")
		}
		if last := len(t.lots) - 1; last < 0 || t.lots[last].least != least {
			if last >= 0 && t.lots[last].most+1 != least {
				return fmt.Errorf("lots from %d on do not follow the range before, which ends at %d", least, t.lots[last].most)
			}
			t.lots = append(t.lots, lotRange{least, most, map[Level]string{}})
		}
		at := &t.lots[len(t.lots)-1]
		if at.most != most || at.letters[level] != "" {
			return fmt.Errorf("lots from %d on have two ends, or two letters for level %s", least, level)
		}
		at.letters[level] = strings.Clone(row[3])
		return nil
	})
	if err != nil {
		return err
	}
	if len(t.lots) == 0 || t.lots[len(t.lots)-1].most != 0 {
		return refuse.Input("malformed-table", name, "leave lot_max of the last range empty", "the last range of lot sizes has an end")
	}
	for _, r := range t.lots {
		if len(r.letters) != len(t.lots[0].letters) {
			return refuse.Input("malformed-table", name, "give a letter for each level", "lots from %d on lack a level", r.least)
		}
	}
	return nil
}

func (t *Tables) readPlans(text string) error {
	return rows("plans", text, "severity,letter,aql,plan_letter,n,ac", func(row []string) error {
		severity, err := ParseSeverity(row[0])
		if err != nil {
			return err
		}
		aql, err := ParseAQL(row[2])
		if err != nil {
			return err
		}
		plan := Plan{Letter: strings.Clone(row[3])}
		if plan.SampleSize, err = strconv.ParseInt(row[4], 10, 64); err != nil {
			return fmt.Errorf("n %q is not a number", row[4])
		}
		if plan.AcceptanceNumber, err = strconv.ParseInt(row[5], 10, 64); err != nil {
			return fmt.Errorf("ac %q is not a number", row[5])
		}
		if aql.thousandths > 10_000 {
			plan.Model = Nonconformities
		}
		if err := plan.Check(0); err != nil {
			return err
		}
		key := planKey{severity, strings.Clone(row[1]), aql}
		if _, twin := t.plans[key]; twin || key.letter == "" || plan.Letter == "" {
			return fmt.Errorf("the cell %s %q %s comes twice or has no letter", severity, key.letter, aql)
		}
		t.plans[key] = plan
		if at, found := slices.BinarySearchFunc(t.aqls, aql, compareAQL); !found {
			t.aqls = slices.Insert(t.aqls, at, aql)
		}
		return nil
	})
}

// complete refuses tables with a hole: each letter that a lot can have needs a
// plan for each severity and AQL. A letter to which only arrows lead, such as S
// for tightened inspection, needs none.
func (t *Tables) complete() error {
	for _, lot := range t.lots {
		for _, level := range Levels() {
			letter, has := lot.letters[level]
			if !has {
				continue
			}
			for _, severity := range []Severity{Normal, Tightened, Reduced} {
				for _, aql := range t.aqls {
					if _, known := t.plans[planKey{severity, letter, aql}]; !known {
						return refuse.Input("malformed-table", "plans", "add the row", "no plan for %s, letter %s, AQL %s", severity, letter, aql)
					}
				}
			}
		}
	}
	if len(t.aqls) == 0 {
		return refuse.Input("malformed-table", "plans", "add the plans", "there is no plan")
	}
	return nil
}

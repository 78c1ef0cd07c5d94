package acceptance

import (
	"slices"

	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Tables are the single sampling tables of one edition: code letters by lot
// size and level, and a plan for each severity, letter and AQL. Make one with
// [Open] or [Parse]; it never changes after that and may be shared. The zero
// value and nil know no lot size and no AQL and refuse every question.
type Tables struct {
	edition string
	digest  string
	lots    []lotRange
	aqls    []AQL
	plans   map[planKey]Plan
}

// lotRange is one row of the table of code letters; most is 0 for the last row,
// which has no end.
type lotRange struct {
	least, most int64
	letters     map[Level]string
}

type planKey struct {
	severity Severity
	letter   string
	aql      AQL
}

// Choice is what the tables prescribe for one lot.
type Choice struct {
	// CodeLetter is the letter of the lot size and level. Plan.Letter differs
	// from it where an arrow of the table leads to another letter, whose sample
	// size and acceptance number then hold.
	CodeLetter string
	// Plan is the sampling plan.
	Plan Plan
	// Inspect is the number of units to inspect: Plan.SampleSize, or the whole
	// lot if that is smaller or equal. The acceptance number stays.
	Inspect int64
	// All reports that every unit of the lot is inspected.
	All bool
}

// Edition returns the name under which the tables were opened.
func (t *Tables) Edition() string {
	if t == nil {
		return ""
	}
	return t.edition
}

// Digest returns the SHA-256 that identifies the data of the tables, in
// hexadecimal, for a record of what a plan was taken from.
func (t *Tables) Digest() string {
	if t == nil {
		return ""
	}
	return t.digest
}

// AQLs returns the preferred AQL values of the tables in rising order.
func (t *Tables) AQLs() []AQL {
	if t == nil {
		return nil
	}
	return slices.Clone(t.aqls)
}

// CodeLetter returns the sample size code letter of a lot.
func (t *Tables) CodeLetter(lotSize int64, level Level) (string, error) {
	if t == nil || len(t.lots) == 0 {
		return "", refuse.Input("no-tables", "tables", "make them with Open or Parse", "the tables are empty")
	}
	if lotSize < t.lots[0].least {
		return "", refuse.Input("lot-too-small", "lotSize", "inspect every unit of so small a lot",
			"the tables start at lots of %d units, not %d", t.lots[0].least, lotSize)
	}
	// The rows follow each other without a gap up to one without an end.
	row := 0
	for t.lots[row].most != 0 && lotSize > t.lots[row].most {
		row++
	}
	letter, known := t.lots[row].letters[level]
	if !known {
		_, err := ParseLevel(string(level))
		if err == nil {
			err = refuse.Input("unknown-level", "level", "use a level of these tables", "the tables have no level %q", string(level))
		}
		return "", err
	}
	return letter, nil
}

// Plan returns the plan for a code letter, an AQL and a severity, with arrows
// followed: the plan's own letter may differ from the one asked for.
func (t *Tables) Plan(letter string, aql AQL, severity Severity) (Plan, error) {
	if severity > Reduced {
		return Plan{}, refuse.Input("unknown-severity", "severity", "use Normal, Tightened or Reduced", "%d is not a severity", severity)
	}
	if t == nil || !slices.Contains(t.aqls, aql) {
		return Plan{}, refuse.Input("unknown-aql", "aql", "choose a preferred value: "+t.near(aql),
			"%s is not an acceptance quality limit of the tables", aql)
	}
	plan, known := t.plans[planKey{severity, letter, aql}]
	if !known {
		return Plan{}, refuse.Input("unknown-letter", "letter", "use a code letter that CodeLetter returned", "the tables have no code letter %q", letter)
	}
	return plan, nil
}

// near names the preferred values on both sides of a.
func (t *Tables) near(a AQL) string {
	if t == nil || len(t.aqls) == 0 {
		return "the tables are empty"
	}
	at, _ := slices.BinarySearchFunc(t.aqls, a, compareAQL)
	switch {
	case at == 0:
		return t.aqls[0].String() + " is the least"
	case at == len(t.aqls):
		return t.aqls[at-1].String() + " is the greatest"
	}
	return t.aqls[at-1].String() + " or " + t.aqls[at].String()
}

func compareAQL(a, b AQL) int { return int(min(1, max(-1, a.thousandths-b.thousandths))) }

// ForLot returns what the tables prescribe for a lot.
func (t *Tables) ForLot(lotSize int64, level Level, aql AQL, severity Severity) (Choice, error) {
	letter, err := t.CodeLetter(lotSize, level)
	if err != nil {
		return Choice{}, err
	}
	plan, err := t.Plan(letter, aql, severity)
	if err != nil {
		return Choice{}, err
	}
	inspect := min(plan.SampleSize, lotSize)
	return Choice{CodeLetter: letter, Plan: plan, Inspect: inspect, All: inspect == lotSize}, nil
}

// Result judges one lot inspected under a plan of these tables for the
// switching rules. Nothing but the count of nonconforming units, or of
// nonconformities, enters. For the switching score it also looks up whether
// the lot would have been accepted at the next lower AQL.
func (t *Tables) Result(plan Plan, aql AQL, found int64) (LotResult, error) {
	if found < 0 {
		return LotResult{}, refuse.Input("out-of-range", "found", "give the number of faults found in the sample", "%d is negative", found)
	}
	if plan.Model == Nonconforming && found > plan.SampleSize {
		return LotResult{}, refuse.Input("out-of-range", "found", "give the number of nonconforming units in the sample",
			"%d nonconforming units are more than the sample of %d", found, plan.SampleSize)
	}
	if _, err := t.Plan(plan.Letter, aql, Normal); err != nil {
		return LotResult{}, err
	}
	r := LotResult{Accepted: plan.Accepts(found), AcceptanceNumber: plan.AcceptanceNumber}
	if plan.AcceptanceNumber >= 2 {
		// A plan that accepts 2 or more is never in the first column.
		at := slices.Index(t.aqls, aql)
		tighter, err := t.Plan(plan.Letter, t.aqls[max(0, at-1)], Normal)
		if err != nil {
			return LotResult{}, err
		}
		r.AcceptedOneStepTighter = tighter.SampleSize == plan.SampleSize && tighter.Accepts(found)
	}
	return r, nil
}

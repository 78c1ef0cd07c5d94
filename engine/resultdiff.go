package engine

import (
	"slices"
	"strings"
)

// ResultDiffSchema is the name of a ResultDiff's JSON document.
const ResultDiffSchema = "pinjian/result-diff/1"

// ResultDiff is what became of the verdicts of a task from one result of it to
// another. Changes names every verdict that changed, and no other: those of Old
// in its order, then the ones that only New has. Without Changes both results
// say the same.
type ResultDiff struct {
	Schema      string          `json:"schema"`
	Task        string          `json:"task"`
	Subject     string          `json:"subject"`
	Old         string          `json:"old"` // ids of the results
	New         string          `json:"new"`
	OldStandard Ref             `json:"old_standard"`
	NewStandard Ref             `json:"new_standard"`
	Changes     []VerdictChange `json:"changes,omitempty"`
	// Parts are those whose sample is not the same in both standards. Rejudge
	// knows them; DiffResults, which has no standard, leaves them out.
	Parts []PartChange `json:"parts,omitempty"`
}

// VerdictChange is one verdict before and after: Old is nil for a verdict that
// is new, New for one that there is no longer. A verdict changed when its
// state or an outcome that it leaves possible did, or the criteria that decide
// it, its measure or its points. Labels, places in files, facts and what is
// still missing may differ without it.
//
// Cause is "standard" when the older standard would still give the old verdict
// on the evidence that there is now; "evidence" when it would already give the
// new one, or judged both; "both" when it would give neither; and
// "undetermined" when nobody has asked it.
type VerdictChange struct {
	Cause string   `json:"cause"`
	Old   *Verdict `json:"old,omitempty"`
	New   *Verdict `json:"new,omitempty"`
}

// PartChange is a part of which the standards do not want the same units. Kind
// is "removed" for one that the newer standard doesn't have; "added" for one
// that the older didn't have; "units" when the units are of another record or
// chosen in another manner; "sample" when the sample is written otherwise.
// Only a part of the last kind has a new verdict.
type PartChange struct {
	Part string `json:"part"`
	Kind string `json:"kind"`
}

// DiffResults compares two results of one task. Between is what the standard of
// the old one says about the evidence of the new one, nil when it was not asked
// or is the standard of both: it tells apart what the standard changed and what
// the evidence did.
func DiffResults(old, now, between *Result) (*ResultDiff, error) {
	switch {
	case old == nil || now == nil:
		return nil, refused("比较要有两个结果", "diff: two results are needed")
	case old.Task != now.Task || old.Subject != now.Subject:
		return nil, refused("结果 %.12s 是任务 %s 的，结果 %.12s 是任务 %s 的；只能比较同一任务的结果", "diff: the result %.12s is of the task %s, the result %.12s of the task %s; only results of one task can be compared", old.ID, old.Task, now.ID, now.Task)
	case old.Standard == now.Standard:
		between = nil
	case between != nil && (between.Task != old.Task || between.Standard != old.Standard):
		return nil, refused("中间结果 %.12s 不是旧标准对任务 %s 的判定", "diff: the result between, %.12s, is not what the older standard says of the task %s", between.ID, old.Task)
	}
	d := &ResultDiff{Schema: ResultDiffSchema, Task: old.Task, Subject: old.Subject, Old: old.ID, New: now.ID, OldStandard: old.Standard, NewStandard: now.Standard}
	after := places(now)
	var middle map[place]*Verdict
	if between != nil {
		middle = places(between)
	}
	cause := func(at place, a, b *Verdict) string {
		switch {
		case old.Standard == now.Standard:
			return "evidence"
		case between == nil:
			return "undetermined"
		case sameVerdict(middle[at], a):
			return "standard"
		case sameVerdict(middle[at], b):
			return "evidence"
		}
		return "both"
	}
	times := map[place]int{}
	for i := range old.Verdicts {
		v := &old.Verdicts[i]
		at := placeOf(v, times)
		w := after[at]
		delete(after, at)
		if !sameVerdict(v, w) {
			d.Changes = append(d.Changes, VerdictChange{Cause: cause(at, v, w), Old: v, New: w})
		}
	}
	times = map[place]int{}
	for i := range now.Verdicts {
		v := &now.Verdicts[i]
		if at := placeOf(v, times); after[at] != nil {
			d.Changes = append(d.Changes, VerdictChange{Cause: cause(at, nil, v), New: v})
		}
	}
	return d, nil
}

// place is what a verdict of a task is about. Time tells apart verdicts of a
// broken document that are about the same.
type place struct {
	level, period, section, item, part, unit string
	time                                     int
}

func placeOf(v *Verdict, times map[place]int) place {
	at := place{level: v.Level, period: v.Period, section: v.Section, item: v.Item, part: v.Part, unit: v.Unit}
	if v.Item != "" {
		at.section = "" // the item says it
	}
	times[at]++
	at.time = times[at]
	return at
}

func places(r *Result) map[place]*Verdict {
	out, times := make(map[place]*Verdict, len(r.Verdicts)), map[place]int{}
	for i := range r.Verdicts {
		out[placeOf(&r.Verdicts[i], times)] = &r.Verdicts[i]
	}
	return out
}

// sameVerdict says whether two verdicts of one place say the same.
func sameVerdict(a, b *Verdict) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Answer == b.Answer && slices.Equal(deciding(a), deciding(b)) && sameMeasure(a.Measure, b.Measure) && samePoints(a.Points, b.Points)
}

// decision is a reason without its wording and its facts.
type decision struct {
	key, criterion string
	outcome        Outcome
}

// deciding are the decisions of a verdict, each once, in an order of their own.
func deciding(v *Verdict) []decision {
	var out []decision
	for _, r := range v.Reasons {
		out = append(out, decision{r.Key, r.Criterion, r.Outcome})
	}
	slices.SortFunc(out, func(a, b decision) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		if c := strings.Compare(a.criterion, b.criterion); c != 0 {
			return c
		}
		return int(a.outcome) - int(b.outcome)
	})
	return slices.Compact(out)
}

func sameMeasure(a, b *Measure) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Compare == b.Compare && a.Least.Cmp(b.Least) == 0 && a.Most.Cmp(b.Most) == 0 && a.Target.Cmp(b.Target) == 0
}

func samePoints(a, b *Points) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Applies == b.Applies && a.Least.Cmp(b.Least) == 0 && sameNumber(a.Most, b.Most) && sameNumber(a.AwardLeast, b.AwardLeast) && sameNumber(a.AwardMost, b.AwardMost)
}

func sameNumber(a, b *Number) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Cmp(*b) == 0
}

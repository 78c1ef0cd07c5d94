package sampling

import (
	"context"
	"slices"
	"time"
)

// Reason is why a sample was changed; the list is closed so that reasons can be counted.
type Reason string

// The reasons for a replacement, and last the one for an extension.
const (
	// Unreachable: the unit exists and could not be reached in time.
	Unreachable Reason = "unreachable"
	// Declined: the person concerned would not take part.
	Declined Reason = "declined"
	// Gone: the unit no longer exists.
	Gone Reason = "gone"
	// Ineligible: the unit should not have been in the frame.
	Ineligible Reason = "ineligible"
	// Conflicted: nobody without an interest could inspect the unit.
	Conflicted Reason = "conflicted"
	// Unsafe: inspecting the unit would endanger somebody.
	Unsafe Reason = "unsafe"
	// MoreEvidence: what was found calls for more units.
	MoreEvidence Reason = "more-evidence"
)

// Change is one recorded exception: a replacement, which names a unit, or an extension, which adds units.
type Change struct {
	Reason Reason `json:"reason"`
	// Unit is the unit replaced and With the one that stands for it, empty when the stratum held no other. With is filled
	// in by [Record.Replace].
	Unit string `json:"unit,omitempty"`
	With string `json:"with,omitempty"`
	// More is how many units an extension adds, to the group with the path Stratum or, when the size counts for the whole
	// frame, to the sample.
	More    int64    `json:"more,omitempty"`
	Stratum []string `json:"stratum,omitempty"`
	// By and At say who decided and when; the package takes them as they are given.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
}

// Replace exchanges a unit that can't be inspected for the next one of its stratum, from the record's reserve. The change
// needs Unit and one of the reasons for a replacement. Both units stay in the record. When the stratum holds no other
// unit the place becomes vacant, which the record says too; nothing is dropped silently. The record itself is not
// changed. Errors: an [*Error] for a unit that isn't in the sample, another reason, or an empty reserve.
func (r Record) Replace(c Change) (Record, error) { return r.replace(c, "change") }

func (r Record) replace(c Change, path string) (Record, error) {
	switch c.Reason {
	case Unreachable, Declined, Gone, Ineligible, Conflicted, Unsafe:
	default:
		return Record{}, refuse("bad-reason", path+".reason", "give one of unreachable, declined, gone, ineligible, conflicted and unsafe", "%s is no reason to replace a unit", quoted(string(c.Reason)))
	}
	if c.More != 0 || len(c.Stratum) != 0 {
		return Record{}, refuse("bad-change", path, "make two changes of it", "a replacement can't extend the sample")
	}
	at := slices.IndexFunc(r.Chosen, func(u Chosen) bool { return u.ID == c.Unit && u.ReplacedBy == "" && !u.Vacant })
	if at < 0 {
		return Record{}, refuse("unknown-unit", path+".unit", "name a unit of the sample that still stands", "%s is not in the sample", quoted(c.Unit))
	}
	stratum := r.Chosen[at].Stratum
	next := slices.IndexFunc(r.Reserve, func(u Chosen) bool { return slices.Equal(u.Stratum, stratum) })
	with := ""
	if next >= 0 {
		with = r.Reserve[next].ID
	} else if !r.exhausted(stratum) {
		return Record{}, refuse("no-reserve", path+".unit", "draw again with a larger reserve; the sample stays the same", "the reserve of the stratum %q is used up", stratum)
	}
	if c.With != "" && c.With != with {
		return Record{}, refuse("bad-change", path+".with", "leave it out; the ticket decides", "%s would jump the queue before %s", quoted(c.With), quoted(with))
	}
	c.With = with
	r.Chosen, r.Changes = slices.Clone(r.Chosen), append(slices.Clip(r.Changes), c)
	if with == "" {
		r.Chosen[at].Vacant = true
		return r, nil
	}
	r.Chosen[at].ReplacedBy = with
	r.Chosen = append(r.Chosen, Chosen{ID: with, Stratum: stratum, Replaces: c.Unit})
	r.Reserve = slices.Delete(slices.Clone(r.Reserve), next, next+1)
	return r, nil
}

// exhausted says whether every unit of a stratum has been used.
func (r Record) exhausted(stratum []string) bool {
	used := int64(0)
	for _, u := range r.Chosen {
		if slices.Equal(u.Stratum, stratum) {
			used++
		}
	}
	for _, s := range r.Strata {
		if slices.Equal(s.Path, stratum) {
			return used >= s.Population
		}
	}
	return false
}

// Extend draws more units where a sample stopped, from the same frame: the sample so far stays as it is. The change needs
// More and the reason MoreEvidence; where the size counts for groups, Stratum names the group. The frame is read once, and
// the record is verified on the way. A systematic sample can't be extended. Errors: those of [Verify], an [*Error] when
// record and frame don't agree, or when nothing is left to draw.
func Extend(ctx context.Context, r Record, f Frame, c Change) (Record, error) {
	if err := r.checkReplay(); err != nil {
		return Record{}, err
	}
	if err := r.checkExtension(c, "change"); err != nil {
		return Record{}, err
	}
	again, d, err := r.replay(ctx, f, c)
	if err != nil {
		return Record{}, err
	}
	difference, err := compareRecords(again, r)
	if err != nil {
		return Record{}, err
	}
	if difference != nil {
		return Record{}, refuse("not-repeatable", difference.Path, "extend with the frame and the record of the draw as they were", "a replay gives %s and the record says %s", difference.Want, difference.Got)
	}
	if err := d.apply(c, "change"); err != nil {
		return Record{}, err
	}
	return d.record, nil
}

func (r Record) checkExtension(c Change, path string) error {
	switch {
	case c.Reason != MoreEvidence:
		return refuse("bad-reason", path+".reason", "give more-evidence", "%s is no reason to extend a sample", quoted(string(c.Reason)))
	case c.More < 1:
		return refuse("bad-change", path+".more", "extend by at least one unit", "%d more units are asked for", c.More)
	case c.Unit != "" || c.With != "":
		return refuse("bad-change", path+".unit", "make two changes of it", "an extension can't replace a unit")
	case len(c.Stratum) != r.Per:
		return refuse("bad-change", path+".stratum", "name the group, with a value for each level that the size counts by", "the group has %d levels and the size counts by %d", len(c.Stratum), r.Per)
	case r.Method == Systematic:
		return refuse("bad-method", path, "draw extendably where more units may be needed", "a systematic sample can't be extended")
	}
	return nil
}

// apply makes one change to a draw in the making.
func (d *draw) apply(c Change, path string) error {
	if c.More == 0 {
		changed, err := d.record.replace(c, path)
		if err != nil {
			return err
		}
		if with := changed.Changes[len(changed.Changes)-1].With; with != "" {
			leaf := d.tree.root
			for _, value := range changed.Chosen[len(changed.Chosen)-1].Stratum {
				leaf = leaf.index[value]
			}
			leaf.kept.used++
		}
		d.record = changed
		return nil
	}
	if err := d.record.checkExtension(c, path); err != nil {
		return err
	}
	g := d.tree.root
	for _, value := range c.Stratum {
		if g = g.index[value]; g == nil {
			return refuse("unknown-stratum", path+".stratum", "name a group of the frame", "the frame has no group %q", c.Stratum)
		}
	}
	return d.more(g, c, path)
}

// more draws c.More units below g.
func (d *draw) more(g *node, c Change, path string) error {
	r := &d.record
	got := int64(0)
	take := func(leaf *node) {
		if d.take(leaf) {
			got++
		}
	}
	for got < c.More && g.taken < g.population {
		// A place that replacements have used up already gives no unit, so the limit moves on until enough are found.
		limit := min(g.taken+c.More-got, g.population)
		g.floors(r.Minimum, limit, take)
		for g.taken < limit {
			leaf, err := g.step()
			if err != nil {
				return err
			}
			take(leaf)
		}
	}
	if got == 0 {
		return refuse("nothing-left", path+".more", "inspect what has been drawn; it is all there is", "every unit has been drawn")
	}
	r.Planned += got
	for i, p := range r.Groups {
		if slices.Equal(p.Path, c.Stratum) {
			r.Groups = slices.Clone(r.Groups)
			r.Groups[i].Units += got
		}
	}
	r.Changes = append(slices.Clip(r.Changes), c)
	d.refill()
	d.describe()
	return nil
}

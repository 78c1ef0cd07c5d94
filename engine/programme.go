package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/sampling"
)

// programme is one run of a tier while it is planned.
type programme struct {
	standard *Standard
	request  PlanRequest
	plan     *Plan
	tree     *tree
	tier     *check.Tier // nil where the standard has no such tier
	// selfCheck says that units are inspected by their own people: those who
	// inspect and those who are inspected are of one kind, and the tier doesn't
	// recuse the unit.
	selfCheck bool
	fields    map[string][]string // of each record that is planned: the fields that its frame is asked for
	covered   []string            // IDs of all items that the tier covers
	selected  int64               // of how many subjects those inspected were drawn
	held      map[string][]*Held  // the tier's earlier inspections by subject; nil until they are asked for
	staff     map[string][]Person // people by subject, in the order of the request; nil until they are asked for
	under     map[string][]Person // people by each subject above their own, likewise
}

// inspected is a subject with the one that has it inspected.
type inspected struct {
	subject   Subject
	organiser string
}

func (s *Standard) programme(r PlanRequest) *programme {
	g := &programme{standard: s, request: r, tree: r.Organisation.tree()}
	g.plan = &Plan{
		Schema: PlanSchema, Scope: r.Scope, Standard: s.ref, Tier: r.Tier, Period: r.Period, Organiser: r.Organiser,
		SeedHash: sampling.Commitment(r.Seed), Tasks: []Task{},
	}
	for _, tier := range s.checked.Tiers {
		if tier.Name.Has(r.Tier) {
			g.tier = tier
			g.selfCheck = tier.Inspector == tier.Inspects && !slices.Contains(tier.Recuse, token.KwUnit)
		}
	}
	return g
}

// rule records something that all plans of a round must share.
func (g *programme) rule(name, digest string) {
	if g.plan.Rules == nil {
		g.plan.Rules = map[string]string{}
	}
	g.plan.Rules[name] = digest
}

func (g *programme) problem(code, subject, part string, blocking bool, why Words) {
	g.plan.Problems = append(g.plan.Problems, Problem{Code: code, Subject: subject, Part: part, Message: why, Blocking: blocking})
}

// isKind says whether a subject is of the kind that a tier names, in either
// language where a choice of the standard gives the kind two names.
func (g *programme) isKind(x *Subject, word string) bool {
	if x.Kind == word {
		return true
	}
	for _, c := range g.standard.checked.Choices {
		for _, m := range c.Members {
			if m.Name.Has(word) && m.Name.Has(x.Kind) {
				return true
			}
		}
	}
	return false
}

// organiser finds who has a subject inspected: in a self-check the subject
// itself; else the nearest subject above it of the kind that inspects; where equals
// inspect one another, or there is no tier, the subject right above.
func (g *programme) organiser(id string) string {
	above := g.tree.above(id)
	switch {
	case g.selfCheck:
		return id
	case g.tier != nil && g.tier.Inspector != g.tier.Inspects:
		for _, at := range above {
			if g.isKind(g.tree.subjects[at], g.tier.Inspector) {
				return at
			}
		}
	case len(above) > 0:
		return above[0]
	}
	return ""
}

// subjects are the subjects inspected, in the order of the request or of their
// ids.
func (g *programme) subjects(ctx context.Context) ([]inspected, error) {
	r := &g.request
	if r.Organiser != "" && g.tree.subjects[r.Organiser] == nil {
		return nil, refused("组织里没有组织方“%s”", "plan: organiser: the organisation has no subject %q", r.Organiser)
	}
	if len(r.Inspected) == 0 && g.tier != nil {
		return g.byTier(ctx)
	}
	if len(r.Inspected) == 0 && len(g.standard.checked.Tiers) > 0 {
		return nil, g.noTier()
	}
	var out []inspected
	for i, id := range r.Inspected {
		if slices.Contains(r.Inspected[:i], id) {
			return nil, refused("受检对象“%s”列了两次，只留一次", "plan: inspected: the subject %q is listed twice; keep one", id)
		}
		x := g.tree.subjects[id]
		if x == nil {
			return nil, refused("组织里没有受检对象“%s”", "plan: inspected: the organisation has no subject %q", id)
		}
		if !g.tree.sound(id) {
			g.unsound(id)
			continue
		}
		by := g.organiser(id)
		if r.Organiser != "" && by != r.Organiser && !slices.Contains(g.tree.above(id), r.Organiser) {
			return nil, refused("“%s”不归“%s”检查", "plan: inspected: %s is not below the organiser %s", id, r.Organiser)
		}
		out = append(out, inspected{*x, by})
	}
	g.selected = int64(len(out))
	return out, nil
}

// noTier refuses a tier that the standard has not among its own, where nothing
// else says whom to inspect.
func (g *programme) noTier() error {
	var zh, en []string
	for _, tier := range g.standard.checked.Tiers {
		zh, en = append(zh, tier.Name.First), append(en, tier.Name.English())
	}
	return &Refusal{Words: Words{
		"标准没有检查层级“" + g.request.Tier + "”，它有" + strings.Join(zh, "、") + "；改正层级，或列出受检对象",
		"plan: tier: the standard has no tier \"" + g.request.Tier + "\"; it has " + strings.Join(en, ", ") + ": mend the tier, or list the subjects to inspect",
	}}
}

// unsound tells why a subject has no place in the organisation.
func (g *programme) unsound(id string) {
	for _, p := range g.tree.problems {
		if p.Subject == id {
			g.plan.Problems = append(g.plan.Problems, p)
		}
	}
}

// byTier takes the subjects that the tier inspects, for each organiser in the
// order of ids: all of them, or as many as the tier draws.
func (g *programme) byTier(ctx context.Context) ([]inspected, error) {
	of := map[string][]string{}
	for _, id := range sortedKeys(g.tree.subjects) {
		x := g.tree.subjects[id]
		if !g.isKind(x, g.tier.Inspects) {
			continue
		}
		if !g.tree.sound(id) {
			g.unsound(id)
			continue
		}
		by := g.organiser(id)
		if by == "" && g.tier.Inspector != g.tier.Inspects {
			g.problem("no_organiser", id, "", true, Words{"“" + id + "”没有上级“" + g.tier.Inspector + "”来检查它", id + " has no " + g.tier.Inspector + " above it to inspect it"})
			continue
		}
		if r := g.request.Organiser; r == "" || by == r || slices.Contains(g.tree.above(id), r) {
			of[by] = append(of[by], id)
		}
	}
	var out []inspected
	for _, by := range sortedKeys(of) {
		ids := of[by]
		g.selected += int64(len(ids))
		if s := g.tier.Subjects; s != nil && s.Kind != "all" && !g.selfCheck {
			var err error
			if ids, err = g.draw(ctx, by, ids); err != nil {
				return nil, err
			}
		}
		for _, id := range ids {
			out = append(out, inspected{*g.tree.subjects[id], by})
		}
	}
	return out, nil
}

// draw draws the subjects of one organiser.
func (g *programme) draw(ctx context.Context, organiser string, ids []string) ([]string, error) {
	request, ok := g.selection(organiser, ids)
	if !ok {
		return nil, nil
	}
	record, err := sampling.Draw(ctx, request)
	var bad *sampling.Error
	switch {
	case errors.As(err, &bad):
		g.problem("draw_refused", organiser, "", true, Words{"抽取受检对象被拒绝：" + bad.Error(), "the draw of subjects was refused: " + bad.Error()})
		return nil, nil
	case err != nil:
		return nil, err
	}
	g.plan.Selections = append(g.plan.Selections, Selection{organiser, record})
	chosen := record.IDs()
	slices.Sort(chosen)
	return chosen, nil
}

// selection is the request for the draw of an organiser's subjects.
func (g *programme) selection(organiser string, ids []string) (sampling.Request, bool) {
	sample := g.tier.Subjects
	size, ok := g.size(sample, g.request.Sizes[sample.Group], organiser, "")
	units := make([]sampling.Unit, len(ids))
	for i, id := range ids {
		units[i].ID = id
	}
	return sampling.Request{
		Scope: g.request.Scope, Standard: g.standard.ref.Standard, Version: g.standard.ref.Version, Group: sample.Group,
		Subject: organiser, Epoch: g.request.Period.Name, Seed: sampling.Seed{Value: g.request.Seed},
		Frame: sampling.Frame{Units: sampling.Units(units)}, Size: size,
	}, ok
}

// planned is an item that a plan holds, with the standard that it belongs to.
type planned struct {
	member
	item *check.Item
}

func (x planned) id() string { return x.prefix + x.item.ID }

// answersTo says whether a code of a request names the item: its ID or code, or
// that of a section or standard that holds it.
func (x planned) answersTo(code string) bool {
	if code == x.id() || code == x.prefix+x.item.Code || code+"/" == x.prefix || (x.prefix == "" && code == x.item.Code) {
		return true
	}
	for sec := x.item.Section; sec != nil; sec = sec.Parent {
		if code == x.prefix+sec.Code || code == x.prefix+strings.Join(sec.Path, "/") {
			return true
		}
	}
	return false
}

// items are the items of the run, in printed order: those that the tier covers,
// or those of them that the request names, and the additional ones.
func (g *programme) items() ([]planned, error) {
	var all []planned
	for _, m := range g.standard.members() {
		for _, item := range m.checked.Items {
			all = append(all, planned{m, item})
		}
	}
	covered := g.coveredBy(all)
	for _, x := range covered {
		g.covered = append(g.covered, x.id())
	}
	chosen := map[string]bool{}
	if len(g.request.Items) == 0 {
		for _, x := range covered {
			chosen[x.id()] = true
		}
	}
	pick := func(from []planned, code string) (picked []string) {
		for _, x := range from {
			if x.answersTo(code) {
				chosen[x.id()] = true
				picked = append(picked, x.id())
			}
		}
		return picked
	}
	for _, code := range g.request.Items {
		if len(pick(covered, code)) > 0 {
			continue
		}
		if slices.ContainsFunc(all, func(x planned) bool { return x.answersTo(code) }) {
			return nil, refused("检查层级“%s”不查“%s”，要加查请写到 additional", "plan: items: the tier %s does not cover %q; to add it, name it in additional", g.request.Tier, code)
		}
		return nil, refused("标准里没有编号为“%s”的章节或检查项", "plan: items: the standard has no item or section %q", code)
	}
	for _, code := range g.request.Additional {
		added := pick(all, code)
		if len(added) == 0 {
			return nil, refused("标准里没有编号为“%s”的章节或检查项", "plan: additional: the standard has no item or section %q", code)
		}
		for _, id := range added {
			if !slices.Contains(g.covered, id) && !slices.Contains(g.plan.Additional, id) {
				g.plan.Additional = append(g.plan.Additional, id)
			}
		}
	}
	return slices.DeleteFunc(all, func(x planned) bool { return !chosen[x.id()] }), nil
}

// coveredBy is what a tier covers: what its `covers` says, else the items behind
// its contents, else the standard's own items.
func (g *programme) coveredBy(all []planned) []planned {
	var codes []string
	if g.tier != nil {
		if g.tier.CoversAll {
			return all
		}
		codes = g.tier.Covers
		if len(codes) == 0 {
			for _, content := range g.tier.Contents {
				codes = append(codes, content.Codes...)
			}
		}
	}
	var out []planned
	for _, x := range all {
		if (len(codes) == 0 && x.prefix == "") || slices.Contains(codes, x.id()) {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// fieldsOf are the fields of each record that the standards of some items know,
// so that one reading of a frame serves them all.
func fieldsOf(items []planned) map[string][]string {
	out := map[string][]string{}
	seen := map[*Standard]bool{}
	for _, x := range items {
		if seen[x.Standard] {
			continue
		}
		seen[x.Standard] = true
		for _, r := range x.checked.Records {
			for _, f := range r.Fields {
				if f.Role == check.FieldRole && !slices.Contains(out[r.Name.First], f.Name.First) {
					out[r.Name.First] = append(out[r.Name.First], f.Name.First)
				}
			}
		}
	}
	return out
}

// sameRound compares the plan with those of its round: all subjects of one round
// are inspected by one standard, with the same tables and sizes.
func (g *programme) sameRound() {
	p := g.plan
	for _, o := range g.request.Round {
		mixed := func(what Words) {
			g.problem("mixed_round", o.Organiser, "", true, Words{
				"同一轮检查要用同样的规则，而“" + o.ID + "”的" + what.ZH + "不同，改成一致再批准",
				"one round has one set of rules, and " + o.ID + " has another " + what.EN + "; make them the same before approval",
			})
		}
		switch {
		case o.Tier != p.Tier || o.Period.Name != p.Period.Name:
			mixed(Words{"检查层级或期间", "tier or period"})
		case o.Standard.Digest != p.Standard.Digest:
			mixed(Words{"标准（" + o.Standard.Standard + " " + o.Standard.Version + "）", "standard (" + o.Standard.Standard + " " + o.Standard.Version + ")"})
		}
		for _, name := range sortedKeys(o.Rules) {
			if digest, ok := p.Rules[name]; ok && digest != o.Rules[name] {
				mixed(Words{"“" + name + "”", name})
			}
		}
	}
}

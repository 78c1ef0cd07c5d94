package check

import "slices"

// facts are the optional variables that are certainly present at a place.
type facts []*Variable

func (f facts) has(v *Variable) bool { return slices.Contains(f, v) }

// or is what holds when either set's facts are known together.
func (f facts) or(o facts) facts {
	if len(o) == 0 {
		return f
	}
	out := slices.Clip(f)
	for _, v := range o {
		if !out.has(v) {
			out = append(out, v)
		}
	}
	return out
}

// and is what holds whichever of the two sets holds.
func (f facts) and(o facts) facts {
	var out facts
	for _, v := range f {
		if o.has(v) {
			out = append(out, v)
		}
	}
	return out
}

package engine

import (
	"slices"
	"unsafe"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Basis is what one answer rests on, without words: the values of the unit as
// they were read, and what was refused of them. Keeping it costs little more
// than judging; Explain tells what decided. The zero Basis is ready for use. It
// serves one goroutine and can be filled again and again, which allocates
// nothing after the first time unless a value is refused.
type Basis struct {
	bound   *binder
	at      *Setting
	sc      *scratch
	refused []*InputError
}

// JudgeOn is Judge, and keeps in basis what the answer rests on. The Setting
// must stay as it is until the basis is explained or filled again.
func (b *Binding[T]) JudgeOn(unit *T, at *Setting, basis *Basis) Answer {
	return b.bound.judgeOn(unsafe.Pointer(unit), at, basis)
}

func (b *binder) judgeOn(unit unsafe.Pointer, at *Setting, basis *Basis) Answer {
	if basis.bound != b {
		*basis = Basis{bound: b, sc: b.newScratch()}
	}
	if at == nil {
		at = &b.zero
	}
	sc := basis.sc
	b.set(sc, at)
	basis.at, basis.refused = at, nil
	if b.whole.fill(unit, sc.row) {
		basis.refused = explain(slices.Concat(b.fields, b.parts[0].answers), unit, make(eval.Row, len(sc.row)))
	}
	return b.answer(sc, 0, unit, at)
}

// Explain gives the verdict on what was judged last, with its reasons, and the
// refused values by their tags: the same as Binding.Explain gave at the time.
// A basis that was never filled has the zero Verdict.
func (s *Basis) Explain() (Verdict, []*InputError, error) {
	if s.bound == nil {
		return Verdict{}, nil, nil
	}
	env, refused := s.bound.standard.environment(*s.at)
	env.Unit = s.sc.row
	v, _, err := s.bound.standard.unitVerdict(s.bound.parts[0].part, env, "")
	return v, append(refused, s.refused...), err
}

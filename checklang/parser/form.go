package parser

import (
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/token"
)

// context is a place where statements stand: what may begin one there.
type context uint8

const (
	inFile context = iota
	inStandard
	inChoice
	inRecord
	inTable
	inSection
	inItem
	inPart
	inTier
	inResponse
	inScoring
	inStage
	inTest
	inGiven
	noBody
)

// node is what the parser needs of a statement beside reading it.
type node interface {
	ast.Node
	SetPos(r token.Range, doc string, lost ast.Lost)
}

// form is one kind of statement: how participle reads its head, and what
// stands in the block behind it.
type form struct {
	parse func(*lexer.PeekingLexer) (node, error)
	body  context
	// optional says that the block may be missing.
	optional bool
}

func formOf[T any, P interface {
	*T
	node
}](body context) form {
	// Lookahead 0 makes participle report the first token that can't
	// continue the statement instead of the start of the alternative.
	grammar := participle.MustBuild[T](participle.Lexer(ast.Grammar{}), participle.UseLookahead(0))
	return form{body: body, parse: func(l *lexer.PeekingLexer) (node, error) {
		v, err := grammar.ParseFromLexer(l)
		return P(v), err
	}}
}

func (f form) optionally() form { f.optional = true; return f }

// forms are the statements of every context by their first keyword. The entry
// under NoKeyword is for statements that begin with a name or a number.
type forms map[context]map[token.Keyword]form

// grammar is built once: building reads the struct tags by reflection.
// Nothing changes it afterwards.
var grammar = sync.OnceValue(func() forms {
	each := func(f form, keywords ...token.Keyword) map[token.Keyword]form {
		m := map[token.Keyword]form{}
		for _, k := range keywords {
			m[k] = f
		}
		return m
	}
	union := func(maps ...map[token.Keyword]form) map[token.Keyword]form {
		u := map[token.Keyword]form{}
		for _, m := range maps {
			for k, f := range m {
				u[k] = f
			}
		}
		return u
	}
	section := each(formOf[ast.Section](inSection), token.KwSection)
	item := each(formOf[ast.Item](inItem), token.KwItem)
	common := union(
		each(formOf[ast.Require](noBody), token.KwRequire), each(formOf[ast.Source](noBody), token.KwSource),
		each(formOf[ast.Every](noBody), token.KwEvery), each(formOf[ast.Applies](noBody), token.KwApplies),
		each(formOf[ast.Class](noBody), token.KwClass), each(formOf[ast.Responsible](noBody), token.KwResponsible),
		each(formOf[ast.Accept](noBody), token.KwAccept), each(formOf[ast.Sample](noBody), token.KwSample),
		each(formOf[ast.Method](noBody), token.KwAsk, token.KwReview, token.KwObserve, token.KwListen, token.KwPhone, token.KwSimulate, token.KwExam),
	)
	criteria := union(
		each(formOf[ast.Outcome](noBody), token.KwPass, token.KwObservation, token.KwFail, token.KwMajor),
		each(formOf[ast.Refer](noBody), token.KwRefer), each(formOf[ast.Measure](noBody), token.KwMeasure),
		each(formOf[ast.Target](noBody), token.KwTarget), each(formOf[ast.Deduct](noBody), token.KwDeduct), each(formOf[ast.Award](noBody), token.KwAward),
	)
	tally := each(formOf[ast.Tally](noBody), token.KwStart, token.KwCombine, token.KwWeight, token.KwFloor, token.KwCeiling, token.KwMissing, token.KwZero, token.KwRound)
	return forms{
		inFile: union(section, item,
			each(formOf[ast.Language](noBody), token.KwLang), each(formOf[ast.Standard](inStandard), token.KwStandard),
			each(formOf[ast.Import](noBody), token.KwImport), each(formOf[ast.Choice](inChoice), token.KwChoice),
			each(formOf[ast.Record](inRecord), token.KwRecord), each(formOf[ast.Define](noBody), token.KwDefine),
			each(formOf[ast.Table](inTable).optionally(), token.KwTable), each(formOf[ast.Tier](inTier), token.KwTier),
			each(formOf[ast.Response](inResponse), token.KwResponse), each(formOf[ast.Scoring](inScoring), token.KwScoring),
			each(formOf[ast.Test](inTest), token.KwTest)),
		inStandard: each(formOf[ast.Meta](noBody), token.KwVersion, token.KwPublisher, token.KwInterpreter, token.KwSource, token.KwZone, token.KwCalendar,
			token.KwIssued, token.KwObservation, token.KwFail, token.KwMajor, token.KwEffective, token.KwSubject),
		inChoice:  each(formOf[ast.Member](noBody), token.NoKeyword),
		inRecord:  each(formOf[ast.RecordMember](noBody), token.NoKeyword, token.KwDefine),
		inTable:   each(formOf[ast.Band](noBody), token.NoKeyword),
		inSection: union(section, item, common, criteria, tally),
		inItem:    union(each(formOf[ast.Part](inPart), token.KwPart), each(formOf[ast.Points](noBody), token.KwPoints), common, criteria, tally),
		inPart:    union(common, criteria),
		inTier: each(formOf[ast.TierLine](noBody), token.KwOrganiser, token.KwApprover, token.KwContent, token.KwCycle, token.KwInspector, token.KwInspects,
			token.KwEvery, token.KwSubjects, token.KwUnits, token.KwCovers, token.KwRecuse),
		inResponse: each(formOf[ast.Duty](noBody), token.KwCorrection, token.KwCorrectiveAction, token.KwPreventiveAction, token.KwReport, token.KwRecord, token.KwVerification),
		inScoring:  each(formOf[ast.Stage](inStage).optionally(), token.KwItem, token.KwSection, token.KwTotal, token.KwAssessors, token.KwGrade),
		inStage:    tally,
		inTest: each(formOf[ast.TestLine](inGiven).optionally(), token.KwGiven, token.KwPopulation, token.KwPeriod, token.KwAsOf,
			token.KwExpect),
		inGiven: each(formOf[ast.GivenValue](noBody), token.NoKeyword),
	}
})

// listContext says that statements there may also be parted by commas.
func (c context) list() bool { return c == inChoice || c == inRecord || c == inGiven }

// attach puts a parsed statement into the node whose block it stands in.
func attach(parent ast.Node, child ast.Node) {
	switch p := parent.(type) {
	case *ast.Standard:
		p.Metas = append(p.Metas, child.(*ast.Meta))
	case *ast.Choice:
		p.Members = append(p.Members, child.(*ast.Member))
	case *ast.Record:
		p.Members = append(p.Members, child.(*ast.RecordMember))
	case *ast.Table:
		p.Bands = append(p.Bands, child.(*ast.Band))
	case *ast.Section:
		p.Body = append(p.Body, child)
	case *ast.Item:
		p.Body = append(p.Body, child)
	case *ast.Part:
		p.Body = append(p.Body, child)
	case *ast.Tier:
		p.Lines = append(p.Lines, child.(*ast.TierLine))
	case *ast.Response:
		p.Duties = append(p.Duties, child.(*ast.Duty))
	case *ast.Scoring:
		p.Stages = append(p.Stages, child.(*ast.Stage))
	case *ast.Stage:
		p.Tallies = append(p.Tallies, child.(*ast.Tally))
	case *ast.Test:
		p.Lines = append(p.Lines, child.(*ast.TestLine))
	case *ast.TestLine:
		p.Values = append(p.Values, child.(*ast.GivenValue))
	}
}

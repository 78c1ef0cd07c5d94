package check

import (
	"math/big"

	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// Kind is the basic kind of a type. The zero Kind is invalid: an expression of
// that kind has been reported already and silences what is built on it.
type Kind uint8

// The kinds of values.
const (
	Invalid Kind = iota
	Bool
	Text
	Time
	Date
	Clock
	Duration
	Attachment // photo, file, signature: only present or absent
	Number
	Choice
	Set
	Side // one side of a joined record: only present or absent
)

// Type is the type of a value. Low and High bound numbers and are nil where
// there is no bound; Whole restricts them to integers. Choice is set for
// choices and sets.
type Type struct {
	Kind      Kind
	Whole     bool
	Low, High *big.Rat
	Choice    *ChoiceType
	Word      string // which attachment: "photo", "file", "signature"
}

var kindWords = [...]diagnostic.Words{
	Invalid: {ZH: "错误", EN: "an error"}, Bool: {ZH: "是否", EN: "a yes/no"}, Text: {ZH: "文本", EN: "a text"}, Time: {ZH: "时间", EN: "a time"},
	Date: {ZH: "日期", EN: "a date"}, Clock: {ZH: "时刻", EN: "a time of day"}, Duration: {ZH: "时长", EN: "a duration"},
	Attachment: {ZH: "附件", EN: "an attachment"}, Number: {ZH: "数", EN: "a number"}, Choice: {ZH: "选项", EN: "a choice"},
	Set: {ZH: "多选", EN: "a set of choices"}, Side: {ZH: "对照的一方", EN: "a side of a join"},
}

// Words names the type in both languages.
func (t Type) Words() diagnostic.Words {
	w := kindWords[t.Kind]
	switch {
	case t.Kind == Number && t.Whole:
		return diagnostic.Words{ZH: "整数", EN: "a whole number"}
	case (t.Kind == Choice || t.Kind == Set) && t.Choice != nil:
		return diagnostic.Words{ZH: w.ZH + "“" + t.Choice.Name.First + "”", EN: w.EN + " of " + t.Choice.Name.English()}
	}
	return w
}

// Ordered says whether < and > mean something.
func (t Type) Ordered() bool {
	switch t.Kind {
	case Number, Time, Date, Clock, Duration:
		return true
	case Choice:
		return t.Choice.Ordered
	}
	return false
}

// String is the type as .chk writes it, with the first names.
func (t Type) String() string {
	s := ""
	switch t.Kind {
	case Bool:
		s = "bool"
	case Text:
		s = "text"
	case Time:
		s = "time"
	case Date:
		s = "date"
	case Clock:
		s = "clock"
	case Duration:
		s = "duration"
	case Attachment:
		s = t.Word
	case Side:
		s = "side"
	case Number:
		s = "number"
		if t.Whole {
			s = "int"
		}
		if t.Low != nil {
			s += " " + decimal(t.Low) + ".."
			if t.High != nil {
				s += decimal(t.High)
			}
		}
	case Choice:
		s = t.Choice.Name.First
	case Set:
		s = "set of " + t.Choice.Name.First
	}
	return s
}

// Range is the bounds as they are written, or "".
func (t Type) Range() string {
	if t.Low == nil {
		return ""
	}
	s := decimal(t.Low) + ".."
	if t.High != nil {
		s += decimal(t.High)
	}
	return s
}

// decimal writes a rational that has a finite decimal form without trailing
// zeros, and any other as a fraction.
func decimal(r *big.Rat) string {
	if places, ok := r.FloatPrec(); ok {
		return r.FloatString(places)
	}
	return r.RatString()
}

// same says whether values of the two types can be compared or assigned.
func same(a, b Type) bool {
	return a.Kind == b.Kind && ((a.Kind != Choice && a.Kind != Set) || a.Choice == b.Choice)
}

package xlsx

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// storedNumber is how a workbook writes a number.
var storedNumber = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`)

// exactly is the decimal that was typed into a cell. A workbook holds binary
// floating-point numbers and writes them with up to 17 digits, 0.1 as
// 0.10000000000000001; nobody can type more than 15 that count, and 15 digits
// always come back unchanged (C's DBL_DIG). So the 15 digits are what was
// typed, and what Excel shows.
func exactly(stored string) (*big.Rat, bool) {
	if len(stored) > 40 || !storedNumber.MatchString(stored) {
		return nil, false
	}
	f, err := strconv.ParseFloat(stored, 64)
	if err != nil {
		return nil, false
	}
	short := strconv.FormatFloat(f, 'e', 14, 64)
	if _, exponent, _ := strings.Cut(short, "e"); len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return nil, false
	}
	return new(big.Rat).SetString(short)
}

// decimal writes a rational that has a finite decimal form, without trailing
// zeros.
func decimal(r *big.Rat) string { return engine.NumberOf(r).String() }

// wideForms are the characters of Chinese input that stand for others.
var wideForms = strings.NewReplacer("。", ".", "－", "-", "—", "-", "–", "-", "−", "-", "％", "%", "﹪", "%")

// narrow turns the full-width forms of digits, letters and signs into the
// common ones and drops blanks at both ends.
func narrow(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u00a0' || r == '\u3000' || r == '\u2007' || r == '\u202f':
			return ' '
		case r == '\u200b' || r == '\ufeff' || r == '\u2060':
			return -1
		}
		return r
	}, s)
	return strings.TrimFunc(s, unicode.IsSpace)
}

var (
	grouped      = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)
	typedNumber  = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)
	typedPercent = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)? ?%$`)
)

// typed reads a number that was typed as a text.
func typed(s string) (*big.Rat, bool) {
	s = wideForms.Replace(narrow(s))
	if len(s) > 60 {
		return nil, false
	}
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	percent := typedPercent.MatchString(s)
	s = strings.TrimRight(strings.TrimSuffix(s, "%"), " ")
	if !typedNumber.MatchString(s) {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(strings.TrimSuffix(s, "."))
	if ok && percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	return r, ok
}

// civil is a date and time of day without a zone.
type civil struct {
	time.Time      // in UTC
	clock     bool // a time of day was given
	date      bool // a date was given
}

// ofSerial reads a workbook's number of a day, with the time of day as its
// fraction, to the millisecond: what is finer is the noise of floating-point
// numbers.
func ofSerial(serial *big.Rat, since int) (civil, bool) {
	const day = 24 * 60 * 60 * 1000
	ms := new(big.Rat).Mul(serial, big.NewRat(day, 1))
	ms.Add(ms, big.NewRat(1, 2))
	n := new(big.Int).Div(ms.Num(), ms.Denom())
	if !n.IsInt64() || n.Sign() < 0 || n.Int64() >= 3_000_000*day {
		return civil{}, false
	}
	whole := n.Int64() / day
	start := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	if since == 1900 {
		// Excel counts a 29th of February 1900, so its days fit the calendar
		// from March on; before that only a time of day can be meant.
		if whole >= 1 && whole < 61 {
			return civil{}, false
		}
		start = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	}
	t := start.AddDate(0, 0, int(whole)).Add(time.Duration(n.Int64()%day) * time.Millisecond)
	return civil{Time: t, clock: n.Int64()%day != 0, date: whole != 0}, true
}

var (
	typedDate  = regexp.MustCompile(`^([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?[日号]?`)
	typedClock = regexp.MustCompile(`^[T ]*(上午|下午|AM|PM)? ?([0-9]{1,2}) ?(?::|[时点]) ?(?:([0-9]{1,2}) ?(?:[:分] ?(?:([0-9]{1,2}(?:\.[0-9]{1,3})?) ?秒?)?)?)? ?(AM|PM)?$`)
)

// ofText reads a date, a time of day, or both, as people write them.
func ofText(s string) (civil, bool) {
	s = strings.ToUpper(narrow(s))
	var out civil
	year, month, day := 1, 1, 1
	if m := typedDate.FindStringSubmatch(s); m != nil {
		year, _ = strconv.Atoi(m[1])
		month, _ = strconv.Atoi(m[2])
		day, _ = strconv.Atoi(m[3])
		out.date, s = true, s[len(m[0]):]
	}
	out.Time = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if out.Year() != year || out.Month() != time.Month(month) || out.Day() != day {
		return civil{}, false
	}
	if s = strings.TrimSpace(s); s == "" {
		return out, out.date
	}
	m := typedClock.FindStringSubmatch(s)
	if m == nil || (m[3] == "" && strings.Contains(s, ":")) {
		return civil{}, false
	}
	hour, _ := strconv.Atoi(m[2])
	minute, _ := strconv.Atoi("0" + m[3])
	seconds, _, _ := strings.Cut(m[4], ".")
	second, _ := strconv.Atoi("0" + seconds)
	half := m[1] + m[5]
	switch {
	case half == "下午" || half == "PM":
		if hour > 12 || hour == 0 {
			return civil{}, false
		}
		hour = hour%12 + 12
	case half == "上午" || half == "AM":
		if hour > 12 {
			return civil{}, false
		}
		hour %= 12
	case half != "":
		return civil{}, false
	}
	if hour > 23 || minute > 59 || second > 59 {
		return civil{}, false
	}
	span := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	if _, fraction, ok := strings.Cut(m[4], "."); ok {
		ms, _ := strconv.Atoi((fraction + "00")[:3])
		span += time.Duration(ms) * time.Millisecond
	}
	out.Time, out.clock = out.Add(span), true
	return out, true
}

// ofCell reads a date or time from a cell of any content.
func (w *workbook) ofCell(c cell) (civil, bool) {
	switch c.content {
	case textual:
		return ofText(c.text)
	case dated:
		return ofText(strings.TrimSuffix(c.text, "Z"))
	case numeric:
		if r, ok := exactly(c.text); ok && c.shown == asDate {
			return ofSerial(r, w.since)
		}
	}
	return civil{}, false
}

var spanPart = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) *([^0-9. ]+) *`)

// ofSpan reads a length of time: "1小时30分", "90m", "0:10" as hours and
// minutes, or a number that is shown as a time.
func (w *workbook) ofSpan(c cell) (time.Duration, bool) {
	if c.content == numeric {
		r, ok := exactly(c.text)
		if !ok || c.shown == asNumber {
			return 0, false
		}
		ms := new(big.Rat).Mul(r, big.NewRat(24*60*60*1000, 1))
		ms.Add(ms, big.NewRat(1, 2))
		n := new(big.Int).Div(ms.Num(), ms.Denom())
		// From a whole day on a number shown as a date is one, and no length.
		if limit := int64(24 * 60 * 60 * 1000); !n.IsInt64() || n.Sign() < 0 || (c.shown == asDate && n.Int64() >= limit) || n.Int64() > limit*100_000 {
			return 0, false
		}
		return time.Duration(n.Int64()) * time.Millisecond, true
	}
	if c.content != textual {
		return 0, false
	}
	s := strings.ToLower(narrow(c.text))
	if at, ok := ofText(s); ok && at.clock && !at.date && strings.Contains(s, ":") {
		return at.Sub(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), true
	}
	var total time.Duration
	for some := false; ; some = true {
		m := spanPart.FindStringSubmatch(s)
		if m == nil {
			return total, some && s == ""
		}
		unit, ok := spanUnit(m[2])
		n, good := new(big.Rat).SetString(m[1])
		if !ok || !good || len(m[1]) > 12 {
			return 0, false
		}
		n.Mul(n, big.NewRat(int64(unit), 1))
		if !n.IsInt() || !n.Num().IsInt64() || n.Num().Int64() > int64(100_000*24*time.Hour)-int64(total) {
			return 0, false
		}
		total += time.Duration(n.Num().Int64())
		s = s[len(m[0]):]
	}
}

// spanUnit knows the units of the language and the short forms of Go.
func spanUnit(word string) (time.Duration, bool) {
	switch word {
	case "s", "秒钟":
		return time.Second, true
	case "m", "min", "mins", "分":
		return time.Minute, true
	case "h", "hr", "hrs", "时", "个小时", "钟头", "个钟头":
		return time.Hour, true
	case "d", "日":
		return 24 * time.Hour, true
	}
	unit, ok := token.LookupUnit(word)
	if !ok {
		return 0, false
	}
	span := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[unit]
	return span, span > 0
}

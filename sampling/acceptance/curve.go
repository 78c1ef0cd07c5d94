package acceptance

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Language is the language of the words in a chart.
type Language string

// The languages of [WriteCurve]. The empty Language is English.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Point is one point of an operating characteristic curve.
type Point struct {
	// Quality is the share of failing units, or nonconformities per unit.
	Quality *big.Rat
	// Acceptance is the probability that such a lot is accepted.
	Acceptance Probability
}

// CurveOptions shape a chart. The zero value draws a curve in English for a
// continuing process, as far as it is worth seeing.
type CurveOptions struct {
	// Language of title, axes and description.
	Language Language
	// Population is the size of the lot, or 0 for a process.
	Population int64
	// MaxQuality is the right end of the horizontal axis. Nil means the
	// quality that is accepted with 1 percent, rounded up to a round number.
	MaxQuality *big.Rat
	// Marks are qualities to mark with a line and their probability, such as
	// an AQL or the producer's and consumer's quality. At most 8.
	Marks []*big.Rat
}

// Points returns the operating characteristic curve from quality 0 to most: in
// a process 201 points at equal distances, in a lot one point for each number
// of failing units, or for 201 of them spread evenly where there are more.
func (p Plan) Points(most *big.Rat, population int64) ([]Point, error) {
	if err := p.checkQuality(most, population); err != nil {
		return nil, err
	}
	if err := p.checkCurve(population); err != nil {
		return nil, err
	}
	const steps = 200
	if population == 0 {
		points := make([]Point, 0, steps+1)
		for i := int64(0); i <= steps; i++ {
			q := new(big.Rat).Mul(most, big.NewRat(i, steps))
			points = append(points, Point{q, p.inProcess(q)})
		}
		return points, nil
	}
	failures := share(most, population, exact.Down)
	count := min(failures, steps)
	points := make([]Point, 0, count+1)
	for i := int64(0); i <= count; i++ {
		k := int64(0)
		if count > 0 {
			k = failures * i / count
		}
		points = append(points, Point{big.NewRat(k, population), p.inLot(k, population)})
	}
	return points, nil
}

// checkCurve refuses a plan whose curve would take minutes.
func (p Plan) checkCurve(population int64) error {
	if p.work(population) > exact.MaxWork/10 {
		return refuse.Input("too-large", "plan", "compute single points with AcceptanceProbability",
			"the curve of a plan with n = %d and Ac = %d would take minutes", p.SampleSize, p.AcceptanceNumber)
	}
	return nil
}

// words are the texts of a chart.
type words struct {
	title, lot, process, quality, faults, acceptance, reads, readsFaults, accepted string
}

func wordsOf(language Language) (words, error) {
	switch language {
	case "", English:
		return words{
			"Operating characteristic curve: n = %d, Ac = %d", "lot of %d units", "continuing process",
			"nonconforming units (%)", "nonconformities per 100 units", "probability of acceptance (%)",
			" Up to %[2]s %% nonconforming, at least %[1]d %% of lots are accepted.",
			" Up to %[2]s nonconformities per 100 units, at least %[1]d %% of lots are accepted.", "accepted",
		}, nil
	case Chinese:
		return words{
			"抽样特性曲线（OC 曲线）：n = %d，Ac = %d", "批量 %d", "连续过程",
			"不合格品率（%）", "每百单位产品不合格数", "接收概率（%）",
			"；不合格品率不超过 %[2]s%% 的批，接收概率不低于 %[1]d%%",
			"；每百单位不合格数不超过 %[2]s 的批，接收概率不低于 %[1]d%%", "接收",
		}, nil
	}
	return words{}, refuse.Input("unknown-language", "options.language", "use English or Chinese", "%q is not a language of the chart", string(language))
}

// The drawing area in tenths of a pixel, so that every coordinate is a whole
// number and the bytes don't depend on how a machine rounds.
const (
	left, top, width, height = 800, 600, 6000, 3600
	totalWidth, totalHeight  = 7200, 5000
)

// WriteCurve writes the operating characteristic curve of the plan as a
// standalone SVG document with a title, a description of its key values and
// labelled axes. Equal arguments give equal bytes. An error of w is wrapped.
func WriteCurve(w io.Writer, p Plan, options CurveOptions) error {
	text, err := wordsOf(options.Language)
	if err != nil {
		return err
	}
	if err := p.Check(options.Population); err != nil {
		return err
	}
	if err := p.checkCurve(options.Population); err != nil {
		return err
	}
	if len(options.Marks) > 8 {
		return refuse.Input("too-many", "options.marks", "mark at most 8 qualities", "%d marks are given", len(options.Marks))
	}
	most := options.MaxQuality
	if most == nil {
		if most, err = p.worthSeeing(options.Population); err != nil {
			return err
		}
	} else if most.Sign() <= 0 {
		return refuse.Input("out-of-range", "options.maxQuality", "give the right end of the axis, above 0", "%s is not above 0", most.RatString())
	}
	points, err := p.Points(most, options.Population)
	if err != nil {
		return err
	}
	c := &chart{plan: p, text: text, options: options, most: most}
	c.open()
	c.axes()
	c.curve(points)
	if err := c.marks(); err != nil {
		return err
	}
	c.WriteString("</svg>\n")
	if c.err != nil {
		return c.err
	}
	if _, err := io.WriteString(w, c.String()); err != nil {
		return fmt.Errorf("write the curve: %w", err)
	}
	return nil
}

// worthSeeing is the least of 1, 2, 5 times a power of ten that is no better
// than the quality accepted with 1 percent.
func (p Plan) worthSeeing(population int64) (*big.Rat, error) {
	quality, err := p.QualityAt(big.NewRat(1, 100), population, 9)
	if err != nil {
		return nil, err
	}
	if population > 0 {
		// At least one failing unit belongs on the axis.
		quality.Add(quality, big.NewRat(1, population))
	}
	for step := big.NewRat(1, 1_000_000_000); ; step.Mul(step, big.NewRat(10, 1)) {
		for _, factor := range []int64{1, 2, 5} {
			end := new(big.Rat).Mul(step, big.NewRat(factor, 1))
			if p.Model == Nonconforming && end.Cmp(big.NewRat(1, 1)) >= 0 {
				return big.NewRat(1, 1), nil
			}
			if end.Cmp(quality) > 0 {
				return end, nil
			}
		}
	}
}

// chart is an SVG document under construction.
type chart struct {
	strings.Builder
	plan    Plan
	text    words
	options CurveOptions
	most    *big.Rat
	err     error
}

func (c *chart) printf(format string, args ...any) { _, _ = fmt.Fprintf(c, format, args...) }

// tenths writes a coordinate in pixels.
func tenths(v int64) string { return exact.Decimal(big.NewInt(v), 1) }

// percent writes 100 times r with at most the given places, without trailing
// zeros.
func percent(r *big.Rat, places int) string {
	text := exact.Decimal(exact.RoundRat(new(big.Rat).Mul(r, big.NewRat(100, 1)), places, exact.Nearest), places)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func (c *chart) x(quality *big.Rat) int64 {
	at := new(big.Rat).Quo(quality, c.most)
	return left + exact.RoundRat(at.Mul(at, big.NewRat(width, 1)), 0, exact.Nearest).Int64()
}

func y(pa Probability) int64 {
	// Four places are finer than a tenth of a pixel.
	units := exact.Round(pa.known(), 4, exact.Nearest).Int64()
	return top + height - (units*height+5_000)/10_000
}

func (c *chart) open() {
	title := fmt.Sprintf(c.text.title, c.plan.SampleSize, c.plan.AcceptanceNumber)
	source := c.text.process
	if c.options.Population > 0 {
		source = fmt.Sprintf(c.text.lot, c.options.Population)
	}
	language := c.options.Language
	if language == "" {
		language = English
	}
	id := fmt.Sprintf("oc-%d-%d-%d", c.plan.SampleSize, c.plan.AcceptanceNumber, c.options.Population)
	c.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" lang="%s" xml:lang="%s" aria-labelledby="%s-title %s-desc" font-family="sans-serif" font-size="13">`+"\n",
		tenths(totalWidth), tenths(totalHeight), tenths(totalWidth), tenths(totalHeight), language, language, id, id)
	c.printf("<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">", id, title, id)
	c.WriteString(source)
	if language == English {
		c.WriteString(".")
	}
	reads := c.text.reads
	if c.plan.Model == Nonconformities {
		reads = c.text.readsFaults
	}
	for _, level := range []int64{95, 50, 10} {
		// The checks before make an error impossible; it is kept all the same.
		quality, err := c.plan.QualityAt(big.NewRat(level, 100), c.options.Population, 6)
		if err != nil {
			c.err = err
			return
		}
		c.printf(reads, level, percent(quality, 4))
	}
	c.WriteString("</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n")
	c.label(totalWidth/2, 280, "middle", ` font-size="16"`, title)
	c.label(totalWidth/2, 480, "middle", "", source)
}

func (c *chart) label(x, y int64, anchor, more, text string) {
	c.printf("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"#222\"%s>%s</text>\n", tenths(x), tenths(y), anchor, more, text)
}

func (c *chart) line(x1, y1, x2, y2 int64, style string) {
	c.printf("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" %s/>\n", tenths(x1), tenths(y1), tenths(x2), tenths(y2), style)
}

func (c *chart) axes() {
	const grid, axis = `stroke="#ccc"`, `stroke="#222"`
	for i := int64(0); i <= 10; i++ {
		at := top + height - height*i/10
		c.line(left, at, left+width, at, grid)
		c.label(left-80, at+45, "end", "", fmt.Sprint(10*i))
		across := left + width*i/10
		c.line(across, top, across, top+height, grid)
		c.label(across, top+height+200, "middle", "", percent(new(big.Rat).Mul(c.most, big.NewRat(i, 10)), 8))
	}
	c.line(left, top+height, left+width, top+height, axis)
	c.line(left, top, left, top+height, axis)
	across := c.text.quality
	if c.plan.Model == Nonconformities {
		across = c.text.faults
	}
	c.label(left+width/2, top+height+520, "middle", "", across)
	middle := int64(top + height/2)
	c.label(250, middle, "middle", fmt.Sprintf(` transform="rotate(-90 %s %s)"`, tenths(250), tenths(middle)), c.text.acceptance)
}

func (c *chart) curve(points []Point) {
	c.WriteString(`<polyline fill="none" stroke="#0b5fa5" stroke-width="2" points="`)
	for i, point := range points {
		if i > 0 {
			c.WriteByte(' ')
		}
		c.WriteString(tenths(c.x(point.Quality)) + "," + tenths(y(point.Acceptance)))
	}
	c.WriteString("\"/>\n")
	// In a small lot only whole units can fail: the line merely joins points.
	if c.options.Population > 0 && len(points) <= 61 {
		for _, point := range points {
			c.printf("<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"#0b5fa5\"/>\n", tenths(c.x(point.Quality)), tenths(y(point.Acceptance)))
		}
	}
}

func (c *chart) marks() error {
	for i, quality := range c.options.Marks {
		pa, err := c.plan.AcceptanceProbability(quality, c.options.Population)
		if err != nil {
			return fmt.Errorf("options.marks[%d]: %w", i, err)
		}
		if quality.Cmp(c.most) > 0 {
			return refuse.Input("out-of-range", fmt.Sprintf("options.marks[%d]", i), "raise maxQuality or leave the mark out",
				"quality %s %% lies right of the axis, which ends at %s %%", percent(quality, 6), percent(c.most, 6))
		}
		at, high := c.x(quality), y(pa)
		const dashed = `stroke="#b3261e" stroke-dasharray="5 4"`
		c.line(at, top+height, at, high, dashed)
		c.line(left, high, at, high, dashed)
		share, _ := new(big.Rat).SetString(pa.Decimal(4))
		anchor, gap := "start", int64(60)
		if at > left+width*3/4 {
			anchor, gap = "end", -60
		}
		sign := " %"
		if c.plan.Model == Nonconformities {
			sign = ""
		}
		c.label(at+gap, max(high-60, top+120), anchor, "", fmt.Sprintf("%s%s: %s %s %%", percent(quality, 4), sign, c.text.accepted, percent(share, 2)))
	}
	return nil
}

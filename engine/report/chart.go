package report

import (
	"fmt"
	"math/big"
	"strings"
)

// series is one line of a chart: a share for each place, nil where there is
// none. Dashes tell lines apart on paper without colours.
type series struct {
	name   string
	colour string
	dash   string
	shares []*big.Rat
}

// The size of a chart in its own units; it is as wide as there is room.
const (
	chartWidth  = 640
	chartHeight = 230
	chartLeft   = 46
	chartRight  = 14
	chartTop    = 30
	chartBottom = 30
)

// chart draws shares over places, such as periods, as inline SVG: no script,
// no font, nothing fetched. Its title tells those who can't see it what it is;
// the figures stand in a table beside it.
func (h *htmlWriter) chart(title string, places []string, lines []series) {
	top := chartScale(lines)
	room := float64(chartWidth - chartLeft - chartRight)
	x := func(i int) float64 {
		if len(places) < 2 {
			return chartLeft + room/2
		}
		return chartLeft + room*(float64(i)+.5)/float64(len(places))
	}
	y := func(share *big.Rat) float64 {
		f, _ := new(big.Rat).Quo(share, top).Float64()
		return chartHeight - chartBottom - f*(chartHeight-chartTop-chartBottom)
	}
	h.raw("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 ", fmt.Sprint(chartWidth), " ", fmt.Sprint(chartHeight), "\">\n<title>")
	h.text(title)
	h.raw("</title>\n")
	for i := range 5 {
		share := new(big.Rat).Mul(top, big.NewRat(int64(i), 4))
		at := y(share)
		h.raw(fmt.Sprintf("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#c3ccd6\" stroke-width=\"1\"></line>\n", chartLeft, chartWidth-chartRight, at, at))
		h.raw(fmt.Sprintf("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" font-size=\"11\" fill=\"#3d4c5c\">%s</text>\n", chartLeft-6, at+4, inPercent(share)))
	}
	skip := (len(places) + 11) / 12 // more labels than a dozen would run together
	for i, place := range places {
		if i%max(1, skip) == 0 {
			h.raw(fmt.Sprintf("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"11\" fill=\"#3d4c5c\">", x(i), chartHeight-10))
			h.text(place)
			h.raw("</text>\n")
		}
	}
	for i, s := range lines {
		h.curve(s, x, y)
		left := chartLeft + i*190
		h.raw(fmt.Sprintf("<line x1=\"%d\" x2=\"%d\" y1=\"14\" y2=\"14\" stroke=\"%s\" stroke-width=\"2.5\" stroke-dasharray=\"%s\"></line>\n", left, left+26, s.colour, s.dash))
		h.raw(fmt.Sprintf("<text x=\"%d\" y=\"18\" font-size=\"12\" fill=\"#1a1a1a\">", left+32))
		h.text(s.name)
		h.raw("</text>\n")
	}
	h.raw("</svg>\n")
}

// curve draws one line, broken where there is no share.
func (h *htmlWriter) curve(s series, x func(int) float64, y func(*big.Rat) float64) {
	var run []string
	draw := func() {
		if len(run) > 1 {
			h.raw("<polyline fill=\"none\" stroke=\"", s.colour, "\" stroke-width=\"2.5\" stroke-dasharray=\"", s.dash, "\" points=\"", strings.Join(run, " "), "\"></polyline>\n")
		}
		run = nil
	}
	for i, share := range s.shares {
		if share == nil {
			draw()
			continue
		}
		run = append(run, fmt.Sprintf("%.1f,%.1f", x(i), y(share)))
	}
	draw()
	for i, share := range s.shares {
		if share != nil {
			h.raw(fmt.Sprintf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"></circle>\n", x(i), y(share), s.colour))
		}
	}
}

// chartScale is the top of the axis: the least round share above all.
func chartScale(lines []series) *big.Rat {
	for _, hundredths := range []int64{5, 10, 20, 40, 60, 80} {
		top, fits := big.NewRat(hundredths, 100), true
		for _, s := range lines {
			for _, share := range s.shares {
				fits = fits && (share == nil || share.Cmp(top) <= 0)
			}
		}
		if fits {
			return top
		}
	}
	return big.NewRat(1, 1)
}

// inPercent is a share in percent, rounded to a tenth where it doesn't end
// before.
func inPercent(share *big.Rat) string {
	hundred := new(big.Rat).Mul(share, big.NewRat(100, 1))
	return rounded(hundred, 1) + "%"
}

// rounded is a number with at most some places, without zeros at the end.
func rounded(r *big.Rat, places int) string {
	s := r.FloatString(places)
	if strings.ContainsRune(s, '.') {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

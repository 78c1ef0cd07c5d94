package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

//go:embed document.css
var documentCSS string

// page writes one document for people: one file that needs no network, for a
// screen of any width and for A4 paper. Everything but what raw is given is
// escaped, and the page forbids its reader to run or fetch anything.
type page struct {
	htmlWriter
	options Options // settled
}

// newPage begins a document under its title. Wide documents are printed
// across the paper.
func newPage(o Options, title string, wide bool) *page {
	p := &page{options: o}
	language, class := "en", "document"
	if o.Lang == token.Chinese {
		language = "zh-CN"
	}
	if wide {
		class += " wide"
	}
	p.raw("<!DOCTYPE html>\n<html lang=\"", language, "\">\n<head>\n<meta charset=\"utf-8\">\n",
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	p.text(title)
	p.raw("</title>\n<style>\n", standardCSS, documentCSS, "</style>\n</head>\n<body class=\"", class, "\">\n")
	p.header("", title)
	p.raw("<main>\n")
	return p
}

func (p *page) header(class, title string) {
	p.raw("<header", class, ">\n")
	if p.options.Organisation != "" {
		p.raw("<p class=\"issuer\">")
		p.text(p.options.Organisation)
		p.raw("</p>\n")
	}
	p.raw("<h1>")
	p.text(title)
	p.raw("</h1>\n</header>\n")
}

// again begins another sheet of paper under a title.
func (p *page) again(title string) { p.header(" class=\"again\"", title) }

func (p *page) pick(zh, en string) string {
	if p.options.Lang == token.Chinese {
		return zh
	}
	return en
}

// issue shows the number and day of the document where people look for them.
func (p *page) issue() {
	p.raw("<p class=\"issue\"><span>")
	p.text(p.pick("编号：", "No. "))
	p.blank(p.options.Number, "short")
	p.raw("</span> <span>")
	p.text(p.pick("日期：", "Date: "))
	day := ""
	if p.options.Date.Valid() {
		day = p.options.Date.String()
	}
	p.blank(day, "short")
	p.raw("</span></p>\n")
}

// blank shows a text, or a line to write it on.
func (p *page) blank(text, class string) {
	if text != "" {
		p.text(text)
		return
	}
	p.raw("<span class=\"blank ", class, "\"></span>")
}

func (p *page) heading(level int, text string) {
	tag := fmt.Sprintf("h%d", level)
	p.raw("<", tag, ">")
	p.text(text)
	p.raw("</", tag, ">\n")
}

func (p *page) paragraph(l Line) { p.block(&Block{Line: l}) }

// field is a name and what stands under it; a field without a value is left to
// be filled in, with Lines lines to write on.
type field struct {
	Name  string
	Value Cell
	Lines int
	Wide  bool // over the whole width
}

func textField(name, value string) field { return field{Name: name, Value: cell(plain(value))} }

// fields shows fields as a form, two to a row on paper.
func (p *page) fields(list []field) {
	p.raw("<table class=\"form\">\n<colgroup><col style=\"width:17%\"><col style=\"width:33%\"><col style=\"width:17%\"><col style=\"width:33%\"></colgroup>\n<tbody>\n")
	open := false
	shut := func() {
		if open {
			p.raw("<td class=\"filler\" colspan=\"2\"></td></tr>\n")
			open = false
		}
	}
	for _, f := range list {
		if f.Wide {
			shut()
			p.raw("<tr>")
			p.field(f, " colspan=\"3\"")
			p.raw("</tr>\n")
			continue
		}
		if !open {
			p.raw("<tr>")
		}
		p.field(f, "")
		if open {
			p.raw("</tr>\n")
		}
		open = !open
	}
	shut()
	p.raw("</tbody>\n</table>\n")
}

func (p *page) field(f field, attributes string) {
	p.raw("<th scope=\"row\">")
	p.text(f.Name)
	p.raw("</th><td", attributes, ">")
	for _, l := range f.Value {
		p.raw("<div>")
		p.line(l)
		p.raw("</div>")
	}
	if len(f.Value) == 0 {
		p.lines(max(1, f.Lines))
	}
	p.raw("</td>")
}

// lines are empty lines to write on.
func (p *page) lines(n int) {
	for range n {
		p.raw("<div class=\"write\"></div>")
	}
}

// signatures are the lines to sign, each with a date.
func (p *page) signatures(usual ...string) {
	list := p.options.Signatures
	if list == nil {
		list = usual
	}
	if len(list) == 0 {
		return
	}
	p.raw("<div class=\"signatures\">\n")
	for _, s := range list {
		p.raw("<div><span class=\"who\">")
		p.text(s + p.pick("：", ": "))
		p.raw("</span><span class=\"blank sign\"></span><span class=\"who when\">")
		p.text(p.pick("日期：", "Date: "))
		p.raw("<span class=\"blank short\"></span></span></div>\n")
	}
	p.raw("</div>\n")
}

// photos shows the attachments that are photos, and names all of them, with
// why one is not shown.
func (p *page) photos(list []engine.Attachment) error {
	if len(list) == 0 {
		return nil
	}
	p.raw("<div class=\"photos\">\n")
	for _, a := range list {
		data, why, err := p.photo(a)
		if err != nil {
			return err
		}
		name := a.Name
		if name == "" {
			name = p.pick("附件", "attachment")
		}
		p.raw("<figure")
		if data == "" {
			p.raw(" class=\"missing\"")
		}
		p.raw(">")
		if data != "" {
			p.raw("<img alt=\"")
			p.text(name)
			p.raw("\" src=\"", data, "\">")
		}
		p.raw("<figcaption>")
		if why != "" {
			p.raw("<span class=\"refer\">")
			p.text(why)
			p.raw("</span> ")
		}
		p.text(name)
		p.raw(" <code>SHA-256 ")
		if data != "" {
			p.text(shortDigest(a.SHA256))
		} else {
			p.text(a.SHA256)
		}
		p.raw("</code></figcaption></figure>\n")
	}
	p.raw("</div>\n")
	return nil
}

// photo is a photo as a data URI, or why there is none.
func (p *page) photo(a engine.Attachment) (uri, why string, err error) {
	if a.MediaType != "" && !strings.HasPrefix(a.MediaType, "image/") {
		return "", p.pick("另附文件：", "separate file:"), nil
	}
	data, err := p.bytes(a.SHA256)
	if err != nil {
		return "", "", err
	}
	if data == nil {
		return "", p.pick("照片缺失：", "photo missing:"), nil
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != a.SHA256 {
		return "", p.pick("照片内容与散列不符，未采用：", "the bytes of the photo have another hash and are not shown:"), nil
	}
	kind := imageType(data)
	if kind == "" {
		return "", p.pick("不是可显示的图片格式：", "not an image that can be shown:"), nil
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data), "", nil
}

// bytes are those of an attachment, nil where the host has none.
func (p *page) bytes(hash string) ([]byte, error) {
	if p.options.Photos == nil {
		return nil, nil
	}
	data, err := p.options.Photos(hash)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("report: photo %s: %w", hash, err)
	}
	return data, nil
}

// imageType tells an image by its first bytes. SVG is none: it can hold
// scripts.
func imageType(data []byte) string {
	begins := string(data[:min(len(data), 12)])
	switch {
	case strings.HasPrefix(begins, "\xff\xd8\xff"):
		return "image/jpeg"
	case strings.HasPrefix(begins, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case strings.HasPrefix(begins, "GIF87a"), strings.HasPrefix(begins, "GIF89a"):
		return "image/gif"
	case strings.HasPrefix(begins, "RIFF") && strings.HasSuffix(begins, "WEBP"):
		return "image/webp"
	}
	return ""
}

// end closes the document and writes it.
func (p *page) end(w io.Writer) error {
	p.raw("</main>\n</body>\n</html>\n")
	_, err := io.WriteString(w, p.String())
	return err
}

package report

import (
	"fmt"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// Options says how documents for people are written. The zero value writes
// Chinese, leaves blank lines for what is not given, and names photos by their
// hashes. Texts in it are shown as they are, never read as markup.
type Options struct {
	// Lang is token.Chinese or token.English; "" means Chinese.
	Lang token.Lang
	// Organisation issues the document.
	Organisation string
	// Number is the document's own in the host's files.
	Number string
	// Date is the day of issue; the zero Date is a line to be filled in.
	Date engine.Date
	// Addressee is whom the document is sent to; by default the subject.
	Addressee string
	// Names are the names of subjects, people and parties, by id. An id that has
	// none is shown itself.
	Names map[string]string
	// Subjects are subjects that documents may name by their ids: the name of
	// one that Names has not is the first text that the standard knows of it.
	Subjects []engine.Subject
	// Photos gives the bytes of a photo by its SHA-256 in lower-case
	// hexadecimal. A photo is shown only when its bytes have that hash and are
	// JPEG, PNG, GIF or WebP. One that is not, or for which Photos gives nil or
	// an error that is fs.ErrNotExist, is named in its place; any other error
	// ends the writing. nil has no photos.
	Photos func(sha256 string) ([]byte, error)
	// Signatures are the lines to sign; nil means those usual for the document.
	Signatures []string
}

// settled fills in the language.
func (o Options) settled() (Options, error) {
	switch o.Lang {
	case "":
		o.Lang = token.Chinese
	case token.Chinese, token.English:
	default:
		return o, refused("文件只能用中文（zh）或英文（en），不能用“%s”", "report: there are documents in zh and en only, not in %q", string(o.Lang))
	}
	return o, nil
}

// refused makes a refusal; zh and en are formats for the same arguments.
func refused(zh, en string, args ...any) error {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

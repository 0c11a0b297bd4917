// This file encodes text as SigV4 does: every byte but the unreserved
// characters of RFC 3986 becomes %XX in capitals.
package sigv4

import (
	"fmt"
	"net/url"
	"strings"
)

func escape(text, keep string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("-_.~", c) >= 0, strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func unescape(text string) (string, error) {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return "", fmt.Errorf("reading the query string: %w", err)
	}
	return plain, nil
}

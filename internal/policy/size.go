package policy

import "unicode"

// This file measures documents as quotas count them.

// Bytes is the length of the document as compact JSON.
func (d Document) Bytes() int { return len(compact(d.JSON())) }

// Characters counts the document without white space, as the quotas of IAM do (IAM User Guide, "IAM and AWS STS quotas").
func (d Document) Characters() int {
	count := 0
	for _, r := range d.JSON() {
		if !unicode.IsSpace(r) {
			count++
		}
	}
	return count
}

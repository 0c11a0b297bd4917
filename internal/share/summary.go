package share

import (
	"fmt"
	"slices"
	"strings"
)

// Summary says in sentences who may do what, one sentence for each principal and one for each limit.
func (s Spec) Summary() []string {
	s = s.Normalized()
	may := "may " + Joined(s.verbs(), "and") + " " + Joined(s.places(), "and")
	var sentences []string
	for _, who := range s.whos() {
		sentences = append(sentences, fmt.Sprintf("account %s, %s: %s", s.Consumer.AccountID, who, may))
	}
	sentences = append(sentences, "every AssumeRole must carry the external ID")
	if s.Perimeter.PrincipalOrgID != "" {
		sentences = append(sentences, "the caller of AssumeRole must be in organization "+s.Perimeter.PrincipalOrgID)
	}
	if ways := s.networks(); len(ways) > 0 {
		calls := "S3 calls"
		if len(s.Perimeter.SourceIPs) > 0 {
			calls += " and AssumeRole"
		}
		sentences = append(sentences, calls+" must come "+Joined(ways, "or"))
	}
	if len(s.renderKeyUse()) > 0 {
		sentences = append(sentences, "objects encrypted with KMS need "+Joined(texts(s.KMSKeys), "or")+", which the role may use through S3")
	}
	if !s.ExpiresAt.IsZero() {
		sentences = append(sentences, "all access ends at "+s.Expiry())
	}
	if s.PermissionsBoundary != "" {
		sentences = append(sentences, "only as far as the permissions boundary "+s.PermissionsBoundary+" allows it too")
	}
	return sentences
}

// WhoCanAssume names those whom the share lets assume the role, for sentences about the external ID.
func (s Spec) WhoCanAssume() string {
	if len(s.Consumer.Principals) == 0 {
		return "anyone in account " + s.Consumer.AccountID
	}
	return Joined(s.whos(), "and") + " of account " + s.Consumer.AccountID
}

func (s Spec) whos() []string {
	if len(s.Consumer.Principals) == 0 {
		return []string{"any principal that the account itself allows"}
	}
	whos := make([]string, 0, len(s.Consumer.Principals))
	for _, principal := range s.Consumer.Principals {
		whos = append(whos, principal.described())
	}
	return whos
}

var verbs = map[Word]string{
	Read: "read", List: "list", ReadVersions: "read versions of", Write: "write", Tag: "tag", Delete: "delete",
}

// Verb is what the word lets somebody do, as sentences say it.
func (w Word) Verb() string { return verbs[w] }

func (s Spec) verbs() []string {
	words := make([]string, 0, len(s.Access))
	for _, word := range s.Access {
		words = append(words, word.Verb())
	}
	return words
}

func (s Spec) places() []string {
	if len(s.Prefixes) == 0 {
		return []string{fmt.Sprintf("s3://%s/*", s.Bucket)}
	}
	places := make([]string, 0, len(s.Prefixes))
	for _, prefix := range s.Prefixes {
		places = append(places, fmt.Sprintf("s3://%s/%s*", s.Bucket, prefix))
	}
	return places
}

func (s Spec) networks() []string {
	var ways []string
	if len(s.Perimeter.SourceIPs) > 0 {
		ways = append(ways, "from "+Joined(sorted(s.Perimeter.SourceIPs), "or"))
	}
	if len(s.Perimeter.SourceVPCEIDs) > 0 {
		ways = append(ways, "through "+Joined(sorted(s.Perimeter.SourceVPCEIDs), "or"))
	}
	return ways
}

// Joined writes a list as a sentence does: a, b and c.
func Joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	head := slices.Clone(words[:len(words)-1])
	return strings.Join(head, ", ") + " " + last + " " + words[len(words)-1]
}

-- Where an example came from, such as the trace it was made of. No part of its hash: the same content from elsewhere is the same example.

alter table example add source json;

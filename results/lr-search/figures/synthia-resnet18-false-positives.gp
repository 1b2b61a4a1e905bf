# False positives over training, SYNTHIA (rendered stand-in), ResNet-18. Run in this folder: gnuplot synthia-resnet18-false-positives.gp
reset
set encoding utf8
set terminal pngcairo size 1500,620 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'synthia-resnet18-false-positives.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set multiplot layout 1,2 title 'SYNTHIA (rendered stand-in), ResNet-18' font 'sans-serif,20' margins 0.06,0.78,0.13,0.85 spacing 0.07
set xlabel 'iteration'
set ylabel '% of the valid pixels'
set yrange [0:*]
set title 'false positives of all classes (the error rate)'
plot 'synthia-resnet18-false-positives.dat' index 0 using 1:2 with lines lw 2 lc rgb '#000000' title 'ce', \
  'synthia-resnet18-false-positives.dat' index 2 using 1:2 with lines lw 2 lc rgb '#0072B2' title 'weighted_ce', \
  'synthia-resnet18-false-positives.dat' index 4 using 1:2 with lines lw 2 lc rgb '#56B4E9' title 'balanced_ce', \
  'synthia-resnet18-false-positives.dat' index 6 using 1:2 with lines lw 2 lc rgb '#009E73' title 'focal', \
  'synthia-resnet18-false-positives.dat' index 8 using 1:2 with lines lw 2 lc rgb '#999933' title 'ohem', \
  'synthia-resnet18-false-positives.dat' index 10 using 1:2 with lines lw 2 lc rgb '#E69F00' title 'soft_iou', \
  'synthia-resnet18-false-positives.dat' index 12 using 1:2 with lines lw 2 lc rgb '#CC79A7' title 'lovasz', \
  'synthia-resnet18-false-positives.dat' index 14 using 1:2 with lines lw 2 lc rgb '#D55E00' title 'recall'
set title 'false positives of the minority classes'
set key at screen 0.795,0.8 left top Left reverse
set logscale y
set yrange [*:*]
plot 'synthia-resnet18-false-positives.dat' index 1 using 1:2 with lines lw 2 lc rgb '#000000' title 'ce', \
  'synthia-resnet18-false-positives.dat' index 3 using 1:2 with lines lw 2 lc rgb '#0072B2' title 'weighted_ce', \
  'synthia-resnet18-false-positives.dat' index 5 using 1:2 with lines lw 2 lc rgb '#56B4E9' title 'balanced_ce', \
  'synthia-resnet18-false-positives.dat' index 7 using 1:2 with lines lw 2 lc rgb '#009E73' title 'focal', \
  'synthia-resnet18-false-positives.dat' index 9 using 1:2 with lines lw 2 lc rgb '#999933' title 'ohem', \
  'synthia-resnet18-false-positives.dat' index 11 using 1:2 with lines lw 2 lc rgb '#E69F00' title 'soft_iou', \
  'synthia-resnet18-false-positives.dat' index 13 using 1:2 with lines lw 2 lc rgb '#CC79A7' title 'lovasz', \
  'synthia-resnet18-false-positives.dat' index 15 using 1:2 with lines lw 2 lc rgb '#D55E00' title 'recall'
unset multiplot
unset output

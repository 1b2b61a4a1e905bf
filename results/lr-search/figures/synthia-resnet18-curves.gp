# Learning curves, SYNTHIA (rendered stand-in), ResNet-18. Run in this folder: gnuplot synthia-resnet18-curves.gp
reset
set encoding utf8
set terminal pngcairo size 1840,720 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'synthia-resnet18-curves.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set multiplot layout 2,4 title 'SYNTHIA (rendered stand-in), ResNet-18' font 'sans-serif,20'
set xlabel 'iteration'
set xtics 75
set title 'ce [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 0 using 1:2 with lines lw 1.5 lc rgb '#000000', \
  'synthia-resnet18-curves.dat' index 1 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'weighted_ce [D]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 2 using 1:2 with lines lw 1.5 lc rgb '#0072B2', \
  'synthia-resnet18-curves.dat' index 3 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'balanced_ce [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 4 using 1:2 with lines lw 1.5 lc rgb '#56B4E9', \
  'synthia-resnet18-curves.dat' index 5 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'focal(gamma: 1) [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 6 using 1:2 with lines lw 1.5 lc rgb '#009E73', \
  'synthia-resnet18-curves.dat' index 7 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'ohem(keep: 0.7) [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 8 using 1:2 with lines lw 1.5 lc rgb '#999933', \
  'synthia-resnet18-curves.dat' index 9 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'soft_iou [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 10 using 1:2 with lines lw 1.5 lc rgb '#E69F00', \
  'synthia-resnet18-curves.dat' index 11 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'lovasz [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 12 using 1:2 with lines lw 1.5 lc rgb '#CC79A7', \
  'synthia-resnet18-curves.dat' index 13 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'recall [C]'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'synthia-resnet18-curves.dat' index 14 using 1:2 with lines lw 1.5 lc rgb '#D55E00', \
  'synthia-resnet18-curves.dat' index 15 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
unset multiplot
unset output
